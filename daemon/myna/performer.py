"""Performs the conversation's effects: the one place where a decision becomes a deed.

Each effect is one short method, found by its type; nothing is decided here, and none
of it waits: what takes time runs as a task and posts an event when it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any, Final

from myna.audio.capture import Capture
from myna.audio.earcons import error_earcon, ring_earcon
from myna.audio.playback import Playback
from myna.conversation import effects as do
from myna.conversation.effects import Earcon, Effect
from myna.conversation.events import (
    Event,
    LimitReached,
    SessionLost,
    ToolFinished,
    Trouble,
)
from myna.health import Health
from myna.line.ledger import ToolAnswer
from myna.line.link import Link
from myna.line.uplink import LEAD
from myna.stills import StillStream
from myna.tools.registry import Registry
from myna.trace import Trace
from myna.usage.meter import Meter
from myna_hardware.units import PLAYBACK_RATE_HZ, Frames, frames_for, frames_in, seconds_for

ECHO_TAIL_S: Final = 0.3
"""How long a room rings after the speaker fell silent (RT60 of a living room)."""

RING_PERIOD_S: Final = 1.1

_EARCONS: dict[Earcon, Callable[[], bytes]] = dict.fromkeys(Earcon, error_earcon)


@dataclass(frozen=True, slots=True)
class Parts:
    """What effects act upon."""

    capture: Capture
    playback: Playback
    link: Link
    tools: Registry
    stills: StillStream
    meter: Meter
    health: Health
    trace: Trace


class Performer:
    """Performs effects.

    Args:
        parts: What they act upon.
        post: Takes the events that deeds lead to.
        limit_s: The longest conversation.
        is_half_duplex: Whether the uplink is shut while a reply sounds.
    """

    def __init__(
        self, parts: Parts, post: Callable[[Event], None], limit_s: float, *, is_half_duplex: bool
    ) -> None:
        self._parts = parts
        self._post = post
        self._limit_s = limit_s
        self._is_half_duplex = is_half_duplex
        self._limit: asyncio.TimerHandle | None = None
        self._ring: asyncio.Task[None] | None = None
        self._calls: dict[str, asyncio.Task[None]] = {}
        # An effect's method takes that effect; the table is what matches them.
        self._deeds: dict[type[Effect], Callable[[Any], None]] = {
            do.OpenSession: self._open_session,
            do.CloseSession: self._close_session,
            do.Attend: lambda effect: parts.capture.attend(effect.frame),
            do.StartUplink: lambda effect: parts.link.uplink.start(effect.frame),
            do.ShutUplink: self._shut_uplink,
            do.ResumeUplink: self._resume_uplink,
            do.StopUplink: self._stop_uplink,
            do.SendText: lambda effect: parts.link.say(effect.text),
            do.CallTool: self._call_tool,
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

    def perform(self, effect: Effect) -> None:
        """Do it, or start doing it."""
        self._deeds[type(effect)](effect)

    async def stop(self) -> None:
        """End what is still under way: session, tools, ring."""
        self._close_session(do.CloseSession())
        tasks = [task for task in (*self._calls.values(), self._ring) if task is not None]
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
        loop = asyncio.get_running_loop()
        self._limit = loop.call_later(self._limit_s, self._post, LimitReached())
        self._parts.link.open(has_speech=effect.has_speech)

    def _close_session(self, _effect: do.CloseSession) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self._parts.stills.stop()
        self._parts.link.close()
        self._parts.meter.conversation_ended()

    def _stop_uplink(self, _effect: do.StopUplink) -> None:
        self._parts.link.uplink.stop()
        self._parts.capture.stop_attending()

    # --- half duplex --------------------------------------------------------------

    def _shut_uplink(self, _effect: do.ShutUplink) -> None:
        if self._is_half_duplex:
            self._parts.link.uplink.shut(self._parts.capture.next_frame)
            self._parts.capture.ignore_speech(inf)

    def _resume_uplink(self, effect: do.ResumeUplink) -> None:
        uplink = self._parts.link.uplink
        if effect.frame is not None:
            uplink.resume(effect.frame)
            return
        if not self._is_half_duplex:
            uplink.resume(Frames(self._parts.capture.next_frame - LEAD))
            return
        quiet = Frames(self._parts.capture.next_frame + frames_for(ECHO_TAIL_S))
        self._parts.capture.ignore_speech(quiet)
        uplink.resume(quiet)

    # --- tools --------------------------------------------------------------------

    def _call_tool(self, effect: do.CallTool) -> None:
        call_id = effect.call.id
        task = asyncio.create_task(self._run_tool(effect), name=f"tool {effect.call.name}")
        self._calls[call_id] = task
        task.add_done_callback(lambda _task: self._calls.pop(call_id, None))

    def _cancel_tools(self, effect: do.CancelTools) -> None:
        for call_id in effect.ids:
            if call_id in self._calls:
                self._calls[call_id].cancel()

    async def _run_tool(self, effect: do.CallTool) -> None:
        call = effect.call
        self._parts.trace.emit("tool_call", id=call.id, name=call.name)
        answer = await self._parts.tools.call(call.name, call.arguments)
        self._parts.trace.emit(
            "tool_result", id=call.id, name=call.name, ok=answer.is_ok, ms=answer.ms
        )
        jpeg = None if answer.still is None else answer.still.jpeg
        told = ToolAnswer(call.id, call.name, answer.response, answer.scheduling, jpeg)
        self._post(ToolFinished(told, answer.ends_conversation))

    # --- sound --------------------------------------------------------------------

    def _play_earcon(self, effect: do.PlayEarcon) -> None:
        pcm = _EARCONS[effect.earcon]()
        self._parts.playback.play(pcm)
        if effect.earcon is Earcon.WAKE:
            # The microphone hears it, and it is not the user.
            sound_s = seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ) + ECHO_TAIL_S
            now = self._parts.capture.next_frame
            self._parts.capture.ignore_speech(now + frames_for(sound_s))

    def _flush(self, _effect: do.Flush) -> None:
        dropped_ms = self._parts.playback.flush()
        self._parts.trace.emit("playback_flushed", dropped_ms=round(dropped_ms))

    def _start_ringing(self, _effect: do.StartRinging) -> None:
        self._ring = asyncio.create_task(self._keep_ringing(), name="ring")

    async def _keep_ringing(self) -> None:
        while True:
            self._parts.playback.play(ring_earcon())
            await asyncio.sleep(RING_PERIOD_S)

    def _stop_ringing(self, _effect: do.StopRinging) -> None:
        if self._ring is not None:
            self._ring.cancel()
        self._parts.playback.flush()

    def _open_microphone(self, _effect: do.OpenMicrophone) -> None:
        self._parts.capture.open_microphone()
        self._parts.trace.emit("unmuted")

    def _close_microphone(self, _effect: do.CloseMicrophone) -> None:
        self._parts.capture.close_microphone()
        self._parts.trace.emit("muted")
