"""Performs the conversation's effects: the one place where a decision becomes a deed.

Each effect is one short method, found by its type; nothing is decided here, and none
of it waits: what takes time runs as a task and posts an event when it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any, Final, Protocol

from myna.audio.capture import Capture
from myna.audio.earcons import TIMER_S
from myna.audio.playback import Playback
from myna.audio.signals import Signals
from myna.conversation import effects as do
from myna.conversation.effects import Earcon, Effect
from myna.conversation.events import (
    Event,
    LimitReached,
    SessionLost,
    ToolFinished,
    Trouble,
)
from myna.echo.branches import Echo
from myna.health import Health
from myna.line.ledger import ToolAnswer
from myna.line.link import Link
from myna.line.uplink import LEAD
from myna.live.events import ToolCall
from myna.mute_memory import MuteMemory
from myna.power import power_off
from myna.stills import StillStream
from myna.tools.answer import Answer
from myna.tools.consent import Consent
from myna.tools.registry import Registry
from myna.trace import Trace
from myna.usage.meter import Meter
from myna_hardware.units import Frames, frames_for

ECHO_TAIL_S: Final = 0.3
"""How long a room rings after the speaker fell silent (RT60 of a living room)."""


class Rings(Protocol):
    """Who asked for the rings."""

    def note_stopped(self, rings: tuple[int, ...], *, is_snoozed: bool) -> None:
        """Take note that somebody has stopped them; never blocks."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What effects act upon."""

    capture: Capture
    playback: Playback
    signals: Signals
    link: Link
    tools: Registry
    consent: Consent
    stills: StillStream
    meter: Meter
    health: Health
    trace: Trace
    echo: Echo
    mute_memory: MuteMemory
    timers: Rings


class Performer:
    """Performs effects.

    Args:
        parts: What they act upon.
        post: Takes the events that deeds lead to.
        limit_s: The longest conversation.
    """

    def __init__(self, parts: Parts, post: Callable[[Event], None], limit_s: float) -> None:
        self._parts = parts
        self._post = post
        self._limit_s = limit_s
        self._is_reply_sounding = False
        self._is_shut = False
        self._limit: asyncio.TimerHandle | None = None
        self._ring: asyncio.Task[None] | None = None
        self._shutdown: asyncio.Task[None] | None = None
        self._calls: dict[str, asyncio.Task[None]] = {}
        # An effect's method takes that effect; the table is what matches them.
        self._deeds: dict[type[Effect], Callable[[Any], None]] = {
            do.OpenSession: self._open_session,
            do.CloseSession: self._close_session,
            do.Attend: lambda effect: parts.capture.attend(effect.frame),
            do.StopAttending: lambda _effect: parts.capture.stop_attending(),
            do.StartUplink: lambda effect: parts.link.uplink.start(effect.frame),
            do.ShutUplink: self._shut_uplink,
            do.ResumeUplink: self._resume_uplink,
            do.StopUplink: self._stop_uplink,
            do.SendText: lambda effect: parts.link.say(effect.text),
            do.CallTool: self._call_tool,
            do.RefuseTool: self._refuse_tool,
            do.CancelTools: self._cancel_tools,
            do.AnswerTool: lambda effect: parts.link.answer(effect.answer),
            do.Play: lambda effect: parts.playback.play(effect.pcm),
            do.Flush: self._flush,
            do.CutReply: lambda _effect: parts.link.note_cut(),
            do.PlayEarcon: self._play_earcon,
            do.StartRinging: self._start_ringing,
            do.StopRinging: self._stop_ringing,
            do.OpenMicrophone: self._open_microphone,
            do.CloseMicrophone: self._close_microphone,
        }

    def set_limit(self, limit_s: float) -> None:
        """Let no conversation that begins from now on be longer."""
        self._limit_s = limit_s

    def perform(self, effect: Effect) -> None:
        """Do it, or start doing it."""
        self._deeds[type(effect)](effect)

    async def stop(self) -> None:
        """End what is still under way: session, tools, ring, a shutdown without an answer."""
        self._close_session(do.CloseSession())
        under_way = (*self._calls.values(), self._ring, self._shutdown)
        tasks = [task for task in under_way if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._parts.link.closed()

    # --- session ------------------------------------------------------------------

    def _open_session(self, effect: do.OpenSession) -> None:
        refusal = self._parts.meter.refusal()
        if refusal is not None:
            self._parts.health.degrade("budget", refusal)
            self._post(SessionLost(Trouble(refusal, is_network=False)))
            return
        self._parts.health.recover("budget")
        self._parts.consent.open()
        loop = asyncio.get_running_loop()
        self._limit = loop.call_later(self._limit_s, self._post, LimitReached())
        self._parts.link.open(has_speech=effect.has_speech)

    def _close_session(self, effect: do.CloseSession) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self._parts.stills.stop()
        self._parts.consent.close()
        self._parts.link.close(at_once=effect.at_once)
        self._parts.meter.conversation_ended()

    def _stop_uplink(self, _effect: do.StopUplink) -> None:
        self._is_shut = self._is_reply_sounding = False
        self._parts.link.uplink.stop()
        self._parts.capture.stop_attending()

    def greet(self) -> None:
        """Say that the speaker is ready; its echo tells how well echo can be cancelled."""
        self._sound("ready")

    def sound_question(self, is_asking: bool) -> None:  # noqa: FBT001 - as consent calls it
        """Let it be heard that something waits for a yes."""
        if is_asking:
            self._sound("question")

    # --- full and half duplex -----------------------------------------------------

    def note_duplex(self) -> None:
        """Full or half duplex was chosen anew, perhaps in the midst of a reply."""
        finding = self._parts.echo.finding
        self._parts.trace.emit(
            "duplex",
            mode=finding.mode.value,
            why=finding.why,
            erle_db=finding.erle_db,
            leftover_dbfs=finding.leftover_dbfs,
        )
        if self._is_reply_sounding:
            self._shut_if_half()

    def _shut_uplink(self, _effect: do.ShutUplink) -> None:
        self._is_reply_sounding = True
        self._shut_if_half()

    def _shut_if_half(self) -> None:
        if self._parts.echo.is_half_duplex and not self._is_shut:
            self._is_shut = True
            self._parts.link.uplink.shut(self._parts.capture.next_frame)
            self._parts.capture.ignore_speech(inf)

    def _resume_uplink(self, effect: do.ResumeUplink) -> None:
        was_shut, self._is_shut, self._is_reply_sounding = self._is_shut, False, False
        uplink, now = self._parts.link.uplink, self._parts.capture.next_frame
        if effect.frame is not None:
            self._hear_over_reply(effect.frame)
        elif was_shut:
            quiet = Frames(now + frames_for(ECHO_TAIL_S))
            self._parts.capture.ignore_speech(quiet)
            uplink.resume(quiet)
        else:
            uplink.resume(Frames(now - LEAD))

    def _hear_over_reply(self, frame: Frames) -> None:
        """Somebody has cut in: the server hears their words from `frame` on.

        Where it has heard some of them already, they were as good as cancelled.
        """
        self._parts.capture.reveal(frame)
        self._parts.link.uplink.resume(frame)
        self._parts.link.uplink.rewind(frame)

    # --- tools --------------------------------------------------------------------

    def _call_tool(self, effect: do.CallTool) -> None:
        call_id = effect.call.id
        task = asyncio.create_task(self._run_tool(effect), name=f"tool {effect.call.name}")
        self._calls[call_id] = task
        task.add_done_callback(lambda _task: self._calls.pop(call_id, None))

    def _refuse_tool(self, effect: do.RefuseTool) -> None:
        call = effect.call
        self._note_call(call)
        answer = self._parts.tools.refuse(call.name, call.arguments, effect.why)
        self._note_answer(call, answer)
        self._parts.link.answer(ToolAnswer(call.id, call.name, answer.response))

    def _cancel_tools(self, effect: do.CancelTools) -> None:
        for call_id in effect.ids:
            if call_id in self._calls:
                self._calls[call_id].cancel()

    async def _run_tool(self, effect: do.CallTool) -> None:
        call = effect.call
        self._note_call(call)
        answer = await self._parts.tools.call(call.name, call.arguments)
        self._note_answer(call, answer)
        jpeg = None if answer.still is None else answer.still.jpeg
        told = ToolAnswer(call.id, call.name, answer.response, answer.scheduling, jpeg)
        self._post(ToolFinished(told, answer.ends_conversation))

    def _note_call(self, call: ToolCall) -> None:
        self._parts.trace.emit("tool_call", id=call.id, name=call.name)

    def _note_answer(self, call: ToolCall, answer: Answer) -> None:
        self._parts.trace.emit(
            "tool_result", id=call.id, name=call.name, ok=answer.is_ok, ms=answer.ms
        )

    # --- sound --------------------------------------------------------------------

    def _play_earcon(self, effect: do.PlayEarcon) -> None:
        sound_s = self._sound(effect.earcon.value)
        if sound_s and effect.earcon is Earcon.WAKE:
            # The microphone hears it, and it is not the user.
            now = self._parts.capture.next_frame
            self._parts.capture.ignore_speech(now + frames_for(sound_s + ECHO_TAIL_S))

    def _flush(self, _effect: do.Flush) -> None:
        dropped_ms = self._parts.playback.flush()
        self._parts.trace.emit("playback_flushed", dropped_ms=round(dropped_ms))

    def _sound(self, earcon: str, rung_s: float = 0.0) -> float:
        """Sound an earcon; return for how many seconds, 0 when the rules forbid it."""
        sound_s = self._parts.signals.sound(earcon, rung_s)
        if sound_s:
            self._parts.trace.emit("earcon", name=earcon)
        return sound_s

    def _start_ringing(self, _effect: do.StartRinging) -> None:
        self._ring = asyncio.create_task(self._keep_ringing(), name="ring")

    async def _keep_ringing(self) -> None:
        clock = asyncio.get_running_loop().time
        began_s = clock()
        while True:
            self._sound("timer", clock() - began_s)
            await asyncio.sleep(TIMER_S)

    def _stop_ringing(self, effect: do.StopRinging) -> None:
        if self._ring is not None:
            self._ring.cancel()
        self._parts.signals.hush()
        if effect.rings:
            self._parts.timers.note_stopped(effect.rings, is_snoozed=effect.is_snoozed)

    # --- mute and power -----------------------------------------------------------

    def _open_microphone(self, _effect: do.OpenMicrophone) -> None:
        self._parts.capture.open_microphone()
        self._remember(is_muted=False)
        self._parts.trace.emit("unmuted")

    def _close_microphone(self, effect: do.CloseMicrophone) -> None:
        self._parts.capture.close_microphone()
        if effect.is_remembered:
            self._remember(is_muted=True)
        self._parts.trace.emit("muted")

    def _remember(self, *, is_muted: bool) -> None:
        # It takes the disk a moment, in which nothing else needs to go on.
        try:
            self._parts.mute_memory.remember(is_muted=is_muted)
        except OSError as error:
            why = f"a restart will not remember it: {error}: check state.dir"
            self._parts.health.degrade("mute", why)
        else:
            self._parts.health.recover("mute")

    def shut_down(self, on_refusal: Callable[[], None]) -> None:
        """Switch the machine off, once; call `on_refusal` if that may not be."""
        if self._shutdown is None or self._shutdown.done():
            self._shutdown = asyncio.create_task(self._power_off(on_refusal), name="shutdown")

    async def _power_off(self, on_refusal: Callable[[], None]) -> None:
        refusal = await power_off()
        if refusal is not None:
            self._parts.health.degrade("shutdown", refusal)
            self._sound(Earcon.ERROR.value)
            on_refusal()
