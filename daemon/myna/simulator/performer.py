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

from myna.simulator import frames
from myna.simulator.memory import Unfinished
from myna.simulator.messages import FunctionResponse
from myna.simulator.performance import Performance
from myna.simulator.script import Trigger
from myna.simulator.stage import Stage


class Performer:
    """The model's side of one connection.

    Args:
        stage: Where turns happen.
        tasks: Owns the running turn, and sees its errors.
    """

    def __init__(self, stage: Stage, tasks: asyncio.TaskGroup) -> None:
        self._stage = stage
        self._memory = stage.memory
        self._tasks = tasks
        self._kept: dict[Trigger, str] = {}
        self._running: tuple[Performance, asyncio.Task[None]] | None = None
        self._is_silent = False

    def resume(self) -> None:
        """Go on with the turn that an earlier connection left waiting, if there is one."""
        unfinished, self._memory.unfinished = self._memory.unfinished, None
        if unfinished is not None:
            self._start(unfinished)

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
        self._is_silent = self._stage.options.silent_after_interrupt
        task.cancel()
        await asyncio.wait([task])
        dropped = self._drop_calls(performance.call_ids)
        if dropped and self._stage.options.cancels_calls:
            await self._stage.outbox.send(frames.cancellation(dropped))
        await performance.cut()

    def answer(self, response: FunctionResponse) -> None:
        """The client answered a call."""
        call = self._memory.calls.pop(response.id, None)
        self._stage.record.add_answer(response, is_awaited=call is not None)
        if call is not None and not call.wait:
            self.trigger("tool_response", response.name)

    @property
    def is_blocked(self) -> bool:
        """Whether the model waits for the answer to a call before it says more."""
        return any(call.wait for call in self._memory.calls.values())

    def leave(self) -> None:
        """Leave the stage: the connection is gone, or another one took the session over."""
        self._is_silent = True
        if self._running is not None:
            performance, task = self._running
            self._running = None
            task.cancel()
            performance.leave()

    def _drop_calls(self, call_ids: set[str]) -> list[str]:
        calls = self._memory.calls
        dropped = [call_id for call_id in call_ids & calls.keys() if calls[call_id].wait]
        for call_id in dropped:
            del calls[call_id]
        return dropped

    def _start_next(self) -> None:
        turn = self._memory.position.next_turn
        if self._running is not None or turn is None or self._is_silent:
            return
        if any(turn.starts_on(kind, text) for kind, text in self._kept.items()):
            self._kept.clear()
            self._memory.position.advance()
            self._stage.record.turns_started += 1
            self._start(Unfinished(turn))

    def _start(self, turn: Unfinished) -> None:
        performance = Performance(turn, self._stage)
        self._running = (performance, self._tasks.create_task(self._play(performance)))

    async def _play(self, performance: Performance) -> None:
        with contextlib.suppress(ConnectionClosed):
            await performance.play()
            self._running = None
            self._is_silent = self._is_silent or performance.is_silenced
            self._start_next()
