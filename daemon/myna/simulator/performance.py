"""One turn of the script, played on one connection."""

from __future__ import annotations

import asyncio

from myna.simulator import frames, script
from myna.simulator.messages import JsonObject
from myna.simulator.outbox import Outbox
from myna.simulator.script import AnyAction, Awaited, Position, Turn
from myna.simulator.state import Connection
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_in, seconds_for


class Performance:
    """A turn as it happens.

    Args:
        turn: What to do.
        outbox: Where to send it.
        record: What the client has sent so far.
        position: Gives out ids for tool calls.
        calls: Calls that nobody has answered yet, by id; grows here, shrinks elsewhere.
    """

    def __init__(
        self,
        turn: Turn,
        *,
        outbox: Outbox,
        record: Connection,
        position: Position,
        calls: dict[str, script.ToolCall],
    ) -> None:
        self._turn = turn
        self._outbox = outbox
        self._record = record
        self._position = position
        self._calls = calls
        self.call_ids: set[str] = set()
        self._before = {kind: self._arrived(kind) for kind in script.AWAITED}
        self._spoken_s = 0.0
        self._audible_until_s = 0.0
        self._is_interrupted = False

    async def play(self) -> None:
        """Do the actions in order, and end the turn as the real server does."""
        if self._turn.heard:
            await self._outbox.send(frames.input_text(self._turn.heard))
        for action in self._turn.send:
            await self._do(action)
        if self._turn.complete:
            await self._complete()

    async def cut(self) -> None:
        """Tell the client that the turn ended early."""
        await self._outbox.send(frames.interrupted())
        await self._outbox.send(frames.turn_complete(self._usage()))

    async def _complete(self) -> None:
        if not self._is_interrupted:
            await self._outbox.send(frames.generation_complete())
        # The server waits until real playback would be over (BidiGenerateContentServerContent,
        # generation_complete; measured: the turn ends when 4.7 s of audio have passed).
        await asyncio.sleep(max(0.0, self._audible_until_s - _now_s()))
        await self._outbox.send(frames.turn_complete(self._usage()))

    async def _do(self, action: AnyAction) -> None:  # noqa: C901 - one line per action
        match action:
            case script.Speech(pcm, text):
                await self._speak(pcm, text)
            case script.ToolCall():
                await self._call(action)
            case script.WaitFor(kind):
                await self._record.changes.wait_until(
                    lambda: self._arrived(kind) > self._before[kind]
                )
            case script.Pause(seconds):
                await asyncio.sleep(seconds)
            case script.Interrupt():
                await self._interrupt()
            case script.Close(code, reason):
                await self._outbox.close(code, reason)
            case script.Stall():
                await self._stall()
            case script.RawText(data) | script.RawBinary(data):
                await self._outbox.send_raw(data)
            case _:
                await self._outbox.send(_message(action))

    async def _speak(self, pcm: bytes, text: str) -> None:
        length_s = seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ)
        self._audible_until_s = max(self._audible_until_s, _now_s()) + length_s
        self._spoken_s += length_s
        for message in frames.speech(pcm, text):
            await self._outbox.send(message)
            if frames.is_audio(message):
                await asyncio.sleep(frames.SEGMENT_INTERVAL_S)

    async def _call(self, call: script.ToolCall) -> None:
        call_id = call.id or self._position.new_call_id()
        self._calls[call_id] = call
        self.call_ids.add(call_id)
        await self._outbox.send(frames.tool_call(call_id, call.name, call.args))
        if call.wait:
            await self._record.changes.wait_until(lambda: self.call_ids.isdisjoint(self._calls))

    async def _interrupt(self) -> None:
        self._is_interrupted = True
        self._audible_until_s = 0.0
        await self._outbox.send(frames.interrupted())

    async def _stall(self) -> None:
        self._outbox.is_stalled = True
        await asyncio.Event().wait()

    def _arrived(self, kind: Awaited) -> int:
        return len(self._record.stills if kind == "still" else self._record.tool_responses)

    def _usage(self) -> dict[str, int]:
        return frames.usage(
            heard_s=seconds_for(self._record.heard_frames),
            stills=len(self._record.stills),
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
