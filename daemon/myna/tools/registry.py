"""All the tools of this speaker: declare them, and run what the model calls."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from myna.errors import ToolError, ToolTimeoutError
from myna.tools.answer import Answer, failed, succeeded
from myna.tools.arguments import ArgumentsError, checked_arguments
from myna.tools.declaration import Declaration
from myna.tools.tool import Result, Tool
from myna_hardware.errors import HardwareError

_logger: Final = logging.getLogger(__name__)


class Registry:
    """The tools by name; lives in one event loop."""

    def __init__(self, tools: Iterable[Tool], clock: Callable[[], float] = time.monotonic) -> None:
        """Collect the tools.

        Args:
            tools: In the order in which the model is told of them.
            clock: Monotonic, in seconds.

        Raises:
            ValueError: Two tools have the same name.
        """
        self._tools: dict[str, Tool] = {}
        self._clock = clock
        for tool in tools:
            if tool.name in self._tools:
                raise ValueError(f"two tools are called {tool.name}")
            self._tools[tool.name] = tool

    def declarations(self) -> tuple[Declaration, ...]:
        """Return what the model is told."""
        return tuple(tool.declaration for tool in self._tools.values())

    async def call(self, name: str, arguments: Mapping[str, object]) -> Answer:
        """Run a tool and say what came of it; whatever goes wrong is said to the model.

        Args:
            name: As the model sent it.
            arguments: As the model sent them.
        """
        start_s = self._clock()
        try:
            result = await self._run(name, arguments)
            return succeeded(result, self._ms_since(start_s))
        except ToolError as error:
            problem = error.spoken
        except HardwareError as error:
            problem = f"{error}. Tell the user that it did not work"
        # A tool is anybody's code, and its failure must not end the conversation.
        except Exception:
            _logger.exception("tool %s failed", name)
            problem = "The tool failed inside and nothing more is known. Tell the user so"
        return failed(problem, self._ms_since(start_s))

    async def _run(self, name: str, arguments: Mapping[str, object]) -> Result:
        tool = self._tools.get(name)
        if tool is None:
            known = ", ".join(self._tools) or "none"
            raise ToolError(name, f"There is no tool {name!r}. The tools are: {known}")
        try:
            values = checked_arguments(tool.arguments, arguments)
        except ArgumentsError as error:
            spoken = f"{name} was not run: {error}. Correct this and call it again"
            raise ToolError(name, spoken) from error
        return await _within_limit(tool, values)

    def _ms_since(self, start_s: float) -> float:
        return round((self._clock() - start_s) * 1000, 1)


async def _within_limit(tool: Tool, values: Mapping[str, object]) -> Result:
    result: Result
    limit = asyncio.timeout(tool.timeout_s)
    try:
        async with limit:
            if inspect.iscoroutinefunction(tool.function):
                result = await tool.function(**values)
            else:
                result = await _in_thread(partial(tool.function, **values))
    except TimeoutError as error:
        if not limit.expired():
            raise
        spoken = (
            f"{tool.name} did not finish within {tool.timeout_s:g} s; whether it still will "
            "is not known. Tell the user so"
        )
        raise ToolTimeoutError(tool.name, spoken) from error
    return result


async def _in_thread(function: Callable[[], Result]) -> Result:
    """Run `function` on a thread of its own; one that hangs keeps nobody from stopping."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Result] = loop.create_future()

    def settle(set_outcome: Callable[[], None]) -> None:
        if not outcome.done():  # else nobody waits for it any more
            set_outcome()

    def run() -> None:
        try:
            set_outcome = partial(outcome.set_result, function())
        except Exception as error:  # noqa: BLE001 - tool dispatch: it is raised where it was called
            set_outcome = partial(outcome.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, set_outcome)

    threading.Thread(target=run, name="tool", daemon=True).start()
    return await outcome
