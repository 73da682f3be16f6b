"""One turn of the script, played on one connection."""

from __future__ import annotations

import asyncio

from myna.simulator import frames, script
from myna.simulator.endings import ENDINGS
from myna.simulator.memory import Unfinished
from myna.simulator.messages import JsonObject
from myna.simulator.script import AnyAction, Awaited
from myna.simulator.stage import Stage
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_in, seconds_for


class Performance:
    """A turn as it happens.

    Args:
        turn: What to do, and how much of it an earlier connection has done.
        stage: Where it happens.

    Attributes:
        call_ids: The calls that it made.
    """

    def __init__(self, turn: Unfinished, stage: Stage) -> None:
        self._turn = turn.turn
        self._at = turn.start
        self.call_ids = set(turn.call_ids)
        self._stage = stage
        self._outbox = stage.outbox
        self._record = stage.record
        self._before = {kind: self._arrived(kind) for kind in script.AWAITED}
        self._spoken_s = 0.0
        self._audible_until_s = 0.0
        self._is_interrupted = False
        self._is_waiting = False
        self._has_begun = turn.has_begun

    async def play(self) -> None:
        """Do the actions in order, and end the turn as the real server does."""
        if self._turn.heard and not self._has_begun:
            await self._send(frames.input_text(self._turn.heard))
        await self._wait_for_blocking_calls()
        while self._at < len(self._turn.send) and not self.is_silenced:
            action = self._turn.send[self._at]
            # Who waits is past what it did; a wait alone has done nothing yet.
            self._at += not isinstance(action, script.WaitFor)
            await self._do(action)
            self._at += isinstance(action, script.WaitFor)
        if self._turn.complete:
            await self._complete()

    async def cut(self) -> None:
        """Tell the client that the turn ended early."""
        await self._outbox.send(frames.interrupted())
        await self._outbox.send(frames.turn_complete(self._usage()))

    def leave(self) -> None:
        """Hand back what the session has to remember: the connection is gone (memory.py)."""
        memory = self._stage.memory
        if not self._has_begun:
            memory.position.give_back()
        elif self._is_waiting:
            ids = frozenset(self.call_ids)
            memory.unfinished = Unfinished(self._turn, self._at, ids, has_begun=True)

    @property
    def is_silenced(self) -> bool:
        """Whether it interrupted itself on a server that says nothing after that."""
        return self._is_interrupted and self._stage.options.silent_after_interrupt

    async def _send(self, message: JsonObject) -> None:
        if await self._outbox.send(message):
            self._has_begun = True

    async def _complete(self) -> None:
        is_bundled = self._stage.options.bundles_fields and not self._is_interrupted
        if not self._is_interrupted and not is_bundled:
            await self._send(frames.generation_complete())
        # The server waits until real playback would be over (BidiGenerateContentServerContent,
        # generation_complete; measured: the turn ends when 4.7 s of audio have passed).
        await asyncio.sleep(max(0.0, self._audible_until_s - _now_s()))
        ending = frames.ending if is_bundled else frames.turn_complete
        await self._send(ending(self._usage()))

    async def _do(self, action: AnyAction) -> None:
        match action:
            case script.Speech(pcm, text):
                await self._speak(pcm, text)
            case script.ToolCall():
                await self._call(action)
            case script.WaitFor(kind):
                await self._wait_for(kind)
            case script.Pause(seconds):
                await asyncio.sleep(seconds)
            case script.Interrupt():
                await self._interrupt()
            case script.Close() | script.End() | script.Cut() | script.Stall():
                self._has_begun = True
                await self._end_connection(action)
            case script.RawText(data) | script.RawBinary(data):
                self._has_begun = True
                await self._outbox.send_raw(data)
            case _:
                await self._send(_message(action))

    async def _speak(self, pcm: bytes, text: str) -> None:
        length_s = seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ)
        self._audible_until_s = max(self._audible_until_s, _now_s()) + length_s
        self._spoken_s += length_s
        pieces = frames.speech(pcm, text)
        options = self._stage.options
        for message in frames.bundled(pieces) if options.bundles_fields else pieces:
            await self._send(message)
            if not options.bursts:
                await asyncio.sleep(frames.audio_pieces(message) * frames.SEGMENT_INTERVAL_S)

    async def _call(self, call: script.ToolCall) -> None:
        await self._call_once(call, call.id)
        if self._stage.options.repeats_calls:
            await self._call_once(call, "")
        if call.wait:
            await self._wait_for_blocking_calls()

    async def _call_once(self, call: script.ToolCall, call_id: str) -> None:
        memory = self._stage.memory
        call_id = call_id or memory.position.new_call_id()
        memory.add_call(call_id, call)
        self.call_ids.add(call_id)
        await self._send(frames.tool_call(call_id, call.name, call.args))

    async def _wait_for_blocking_calls(self) -> None:
        """Wait until every call of this turn is answered, if one of them blocks."""
        calls = self._stage.memory.calls
        if not any(calls[call_id].wait for call_id in self.call_ids & calls.keys()):
            return
        self._is_waiting = True
        await self._record.changes.wait_until(lambda: self.call_ids.isdisjoint(calls))
        self._is_waiting = False

    async def _wait_for(self, kind: Awaited) -> None:
        self._is_waiting = True
        await self._record.changes.wait_until(lambda: self._arrived(kind) > self._before[kind])
        self._is_waiting = False

    async def _interrupt(self) -> None:
        self._is_interrupted = True
        self._audible_until_s = 0.0
        await self._send(frames.interrupted())

    async def _end_connection(
        self, action: script.Close | script.End | script.Cut | script.Stall
    ) -> None:
        match action:
            case script.Close(code, reason):
                await self._outbox.close(code, reason)
                return
            case script.End(name):
                await self._outbox.close(ENDINGS[name].code, ENDINGS[name].reason)
                return
            case script.Cut(kind):
                self._outbox.cut(kind)
                self._stage.memory.end(self._record, _now_s(), is_lost=True)
            case script.Stall():
                self._outbox.is_stalled = True
        await asyncio.Event().wait()

    def _arrived(self, kind: Awaited) -> int:
        record = self._stage.record
        return record.stills_seen if kind == "still" else record.answers_taken

    def _usage(self) -> JsonObject:
        return frames.usage(
            heard_s=seconds_for(self._record.heard_frames),
            stills=self._record.stills_seen,
            characters=self._record.characters_read,
            spoken_s=self._spoken_s,
        )


def _message(
    action: script.Says | script.Hears | script.GoAway | script.Resumption | script.Message,
) -> JsonObject:
    match action:
        case script.Says(text):
            return frames.output_text(text)
        case script.Hears(text):
            return frames.input_text(text)
        case script.GoAway(time_left_s):
            return frames.go_away(time_left_s)
        case script.Resumption(handle):
            return frames.resumption(handle)
        case script.Message(body):
            return body


def _now_s() -> float:
    return asyncio.get_running_loop().time()
