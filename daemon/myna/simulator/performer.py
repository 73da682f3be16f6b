"""Starts the turns of a script on one connection, one at a time.

A trigger that the next turn does not wait for changes nothing. One that comes while a
turn runs is kept until that turn ends. An interrupted turn gets `interrupted` and
`turnComplete`, and no generationComplete any more; the tool calls that it was waiting
for are dropped without a word (gemini-3.8-live sent no toolCallCancellation in 41
sessions) and their answers ignored.
"""

from __future__ import annotations

import asyncio
import contextlib

from websockets.exceptions import ConnectionClosed

from myna.simulator.messages import FunctionResponse
from myna.simulator.outbox import Outbox
from myna.simulator.performance import Performance
from myna.simulator.script import Position, ToolCall, Trigger, Turn
from myna.simulator.state import Connection


class Performer:
    """The model's side of one connection.

    Args:
        position: Where in the script this session is.
        outbox: Where turns are sent.
        record: What the client sent.
        tasks: Owns the running turn, and sees its errors.
    """

    def __init__(
        self,
        position: Position,
        *,
        outbox: Outbox,
        record: Connection,
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._position = position
        self._outbox = outbox
        self._record = record
        self._tasks = tasks
        self._calls: dict[str, ToolCall] = {}
        self._kept: dict[Trigger, str] = {}
        self._running: tuple[Performance, asyncio.Task[None]] | None = None

    def trigger(self, kind: Trigger, text: str = "") -> None:
        """Something happened that a turn may wait for."""
        self._kept[kind] = text
        self._start_next()

    async def interrupt(self) -> None:
        """The user cut in: end the running turn, if there is one."""
        if self._running is None:
            return
        performance, task = self._running
        self._running = None
        task.cancel()
        await asyncio.wait([task])
        for call_id in performance.call_ids & self._calls.keys():
            if self._calls[call_id].wait:
                del self._calls[call_id]
        await performance.cut()

    def answer(self, response: FunctionResponse) -> None:
        """The client answered a call."""
        call = self._calls.pop(response.id, None)
        if call is None:
            self._record.ignored_responses.append(response)
            return
        self._record.tool_responses.append(response)
        if not call.wait:
            self.trigger("tool_response", response.name)

    def stop(self) -> None:
        """Leave the stage: the connection is gone."""
        if self._running is not None:
            self._running[1].cancel()

    def _start_next(self) -> None:
        turn = self._position.next_turn
        if self._running is not None or turn is None:
            return
        if any(turn.starts_on(kind, text) for kind, text in self._kept.items()):
            self._kept.clear()
            self._position.advance()
            self._start(turn)

    def _start(self, turn: Turn) -> None:
        performance = Performance(
            turn,
            outbox=self._outbox,
            record=self._record,
            position=self._position,
            calls=self._calls,
        )
        self._record.turns_started += 1
        self._running = (performance, self._tasks.create_task(self._play(performance)))

    async def _play(self, performance: Performance) -> None:
        with contextlib.suppress(ConnectionClosed):
            await performance.play()
            self._running = None
            self._start_next()
