"""Run one tool within its time limit: in the event loop, or on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from myna.errors import ToolError, ToolTimeoutError
from myna.tools.tool import Result, Tool

MOST_AT_ONCE: Final = 16
"""Calls under way, and threads alive: no conversation needs more, only a flood does."""


class Runner:
    """Runs tools; lives in one event loop.

    A thread cannot be stopped, so one that hangs outlives its call. Threads are counted
    apart from calls: tools that hang never keep a coroutine tool from running.
    """

    def __init__(self) -> None:
        self._threads = 0

    async def run(self, tool: Tool, values: Mapping[str, object]) -> Result:
        """Run `tool` and return what it returned.

        Args:
            tool: A coroutine function is cancelled when its time is up or the caller is
                cancelled; a plain function runs to its end, unheard.
            values: Checked.

        Raises:
            ToolTimeoutError: It did not finish in time.
            ToolError: It was not run: too many threads hang.
            Exception: Whatever it raised.
        """
        result: Result
        limit = asyncio.timeout(tool.timeout_s)
        try:
            async with limit:
                if tool.is_coroutine:
                    result = await tool.function(**values)
                else:
                    result = await self._in_thread(tool.name, partial(tool.function, **values))
        except TimeoutError as error:
            if not limit.expired():
                raise
            spoken = (
                f"{tool.name} did not finish within {tool.timeout_s:g} s; whether it still will "
                "is not known. Tell the user so"
            )
            raise ToolTimeoutError(tool.name, spoken) from error
        return result

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
            except Exception as error:  # noqa: BLE001 - tool dispatch: raised where it was called
                set_outcome = partial(outcome.set_exception, error)
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, set_outcome)

        threading.Thread(target=run, name="tool", daemon=True).start()
        self._threads += 1
        return await outcome
