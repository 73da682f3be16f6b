"""Run one tool within its time limit: in the event loop, or on a thread of its own.

A tool is anybody's code. Whatever it does, short of blocking the event loop, its caller
gets a result or an exception that ends nothing but the call.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

from myna.errors import ToolError, ToolTimeoutError
from myna.tools.tool import Result, Tool

MOST_AT_ONCE: Final = 16
"""Calls under way, and threads alive: no conversation needs more, only a flood does."""

GRACE_S: Final = 1.0
"""For a coroutine to end once it is cancelled; then nobody waits for it any longer."""

_logger: Final = logging.getLogger(__name__)


class Runner:
    """Runs tools; lives in one event loop.

    A thread cannot be stopped, and a coroutine that goes on when it is cancelled neither,
    so one that hangs outlives its call. Threads are counted apart from calls: those that
    hang never keep a coroutine tool from running.
    """

    def __init__(self) -> None:
        self._threads = 0
        self._left: set[asyncio.Task[Result]] = set()

    async def run(self, tool: Tool, values: Mapping[str, object]) -> Result:
        """Run `tool` and return what it returned.

        Args:
            tool: A coroutine function is cancelled when its time is up or the caller is
                cancelled; a plain function runs to its end, unheard.
            values: Checked.

        Raises:
            ToolTimeoutError: It did not finish in time.
            ToolError: It was not run: earlier calls hang.
            Exception: Whatever it raised.
        """
        limit = asyncio.timeout(tool.timeout_s)
        run = self._in_loop if tool.is_coroutine else self._in_thread
        try:
            async with limit:
                return await run(tool.name, partial(tool.function, **values))
        except TimeoutError as error:
            if not limit.expired():
                raise
            spoken = (
                f"{tool.name} did not finish within {tool.timeout_s:g} s; whether it still will "
                "is not known. Tell the user so"
            )
            raise ToolTimeoutError(tool.name, spoken) from error

    async def _in_loop(self, name: str, function: Callable[..., Any]) -> Result:
        """Run `function` as a task of its own: one that cannot be stopped is left behind."""
        if any(task.get_name() == name for task in self._left):
            raise ToolError(name, f"{name} was not run: an earlier call hangs. Tell the user so")
        task = asyncio.create_task(_contained(function), name=name)
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            await self._stop(task)
            if not task.done() or task.cancelled():
                raise
        if task.cancelled():
            raise RuntimeError("it was cancelled from inside")
        return task.result()

    async def _stop(self, task: asyncio.Task[Result]) -> None:
        task.add_done_callback(self._forget)
        task.cancel()
        try:
            await asyncio.wait([task], timeout=GRACE_S)
        finally:
            if not task.done():
                self._left.add(task)
                _logger.error("tool %s goes on though it was cancelled", task.get_name())

    def _forget(self, task: asyncio.Task[Result]) -> None:
        self._left.discard(task)
        if not task.cancelled():
            task.exception()  # nobody else may ask for it, which asyncio would log

    async def _in_thread(self, name: str, function: Callable[[], Result]) -> Result:
        """Run `function` on a thread of its own; one that hangs keeps nobody from stopping."""
        if self._threads >= MOST_AT_ONCE:
            spoken = f"{name} was not run: {MOST_AT_ONCE} earlier calls hang. Tell the user so"
            raise ToolError(name, spoken)
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Result] = loop.create_future()

        def settle(set_outcome: Callable[[], None]) -> None:
            self._threads -= 1
            if not outcome.done():  # else nobody waits for it any more
                set_outcome()

        def run() -> None:
            try:
                set_outcome = partial(outcome.set_result, function())
            # Tool dispatch: raised where it was called.
            except BaseException as error:  # noqa: BLE001
                set_outcome = partial(outcome.set_exception, _harmless(error))
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, set_outcome)

        threading.Thread(target=run, name="tool", daemon=True).start()
        self._threads += 1
        return await outcome


async def _contained(function: Callable[..., Any]) -> Result:
    try:
        result: Result = await function()
    except (SystemExit, KeyboardInterrupt) as error:  # they would end the event loop
        raise _harmless(error) from error
    return result


def _harmless(error: BaseException) -> Exception:
    """Return what may be raised where a tool was called: some end more than the call."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    harmless = RuntimeError(f"it raised {type(error).__name__}")
    harmless.__cause__ = error
    return harmless
