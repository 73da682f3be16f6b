"""All the tools of this speaker: declare them, and run what the model calls."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from myna.errors import ToolError, ToolTimeoutError
from myna.tools.answer import Answer, failed, succeeded
from myna.tools.arguments import ArgumentsError, checked_arguments
from myna.tools.declaration import Declaration
from myna.tools.memory import Memory, Run, canonical
from myna.tools.running import MOST_AT_ONCE, Runner
from myna.tools.tool import Result, Tool
from myna_hardware.errors import HardwareError

_logger: Final = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Execution:
    """A call under way, or what came of it.

    Attributes:
        tool: What is called.
        values: With these arguments, checked.
        start_s: Since then.
        task: Ends with the answer; set at once.
        run: What the memory knows of it; None for a tool that reads.
        listeners: How many calls wait for the answer.
    """

    tool: Tool
    values: Mapping[str, object]
    start_s: float
    task: asyncio.Task[Answer] | None = None
    run: Run[_Execution] | None = None
    listeners: int = 0


_Memory: TypeAlias = Memory[_Execution]


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
        self._runner = Runner()
        self._tasks: set[asyncio.Task[Answer]] = set()
        self._memories: dict[str, _Memory] = {}
        shared: _Memory = Memory()
        for tool in tools:
            if tool.name in self._tools:
                raise ValueError(f"two tools are called {tool.name}")
            self._tools[tool.name] = tool
            if not tool.is_reading:
                self._memories[tool.name] = Memory(tool.stands) if tool.stands else shared

    def declarations(self) -> tuple[Declaration, ...]:
        """Return what the model is told."""
        return tuple(tool.declaration for tool in self._tools.values())

    async def call(self, name: str, arguments: Mapping[str, object]) -> Answer:
        """Run a tool and say what came of it; whatever goes wrong is said to the model.

        A call that repeats one of the last 30 s is answered from memory (`tools.memory`
        has the rules); one that repeats a call under way waits for the same answer.
        Cancelled, it cancels a coroutine tool that nobody else waits for, and the next
        such call runs; a plain function runs to its end unheard, and is remembered.

        Args:
            name: As the model sent it.
            arguments: As the model sent them.
        """
        start_s = self._clock()
        tool = self._tools.get(name)
        try:
            execution, is_repeat = self._recall_or_start(name, arguments, start_s)
        except Exception as error:  # noqa: BLE001 - tool dispatch: the model is told
            answer = failed(_problem(name, error), self._ms_since(start_s))
        else:
            answer = await _heard(execution)
            if is_repeat:
                answer = replace(answer, ms=self._ms_since(start_s), is_repeat=True)
        return answer if tool is None else replace(answer, scheduling=tool.scheduling)

    def _recall_or_start(
        self, name: str, arguments: Mapping[str, object], start_s: float
    ) -> tuple[_Execution, bool]:
        """Return what will answer the call, and whether that was there before."""
        tool, values = self._checked(name, arguments)
        memory = self._memories.get(name)
        if memory is None:
            return self._start(_Execution(tool, values, start_s)), False
        call = (name, canonical(tool.arguments, values))
        run = memory.recall(call, start_s)
        if run is not None:
            return run.what, True
        execution = self._start(_Execution(tool, values, start_s))
        execution.run = memory.begin(call, execution, start_s)
        return execution, False

    def _checked(
        self, name: str, arguments: Mapping[str, object]
    ) -> tuple[Tool, Mapping[str, object]]:
        tool = self._tools.get(name)
        if tool is None:
            known = ", ".join(self._tools) or "none"
            raise ToolError(name, f"There is no tool {name!r}. The tools are: {known}")
        try:
            return tool, checked_arguments(tool.arguments, arguments)
        except ArgumentsError as error:
            spoken = f"{name} was not run: {error}. Correct this and call it again"
            raise ToolError(name, spoken) from error

    def _start(self, execution: _Execution) -> _Execution:
        name = execution.tool.name
        if len(self._tasks) >= MOST_AT_ONCE:
            spoken = (
                f"{name} was not run: {MOST_AT_ONCE} calls are under way. "
                "Wait for their answers, then call it again"
            )
            raise ToolError(name, spoken)
        task = asyncio.create_task(self._run(execution), name=f"tool {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        execution.task = task
        return execution

    async def _run(self, execution: _Execution) -> Answer:
        result: Result | None = None
        is_remembered = True
        try:
            result = await self._runner.run(execution.tool, execution.values)
            answer = succeeded(result, self._ms_since(execution.start_s))
        # A tool is anybody's code, and its failure must not end the conversation.
        except Exception as error:  # noqa: BLE001 - tool dispatch: logged and told there
            problem = _problem(execution.tool.name, error)
            answer = failed(problem, self._ms_since(execution.start_s))
            is_remembered = isinstance(error, ToolTimeoutError)
        if execution.run is not None:
            execution.run.end(execution.start_s + answer.ms / 1000, result)
            if not is_remembered:
                execution.run.forget()
        return answer

    def _ms_since(self, start_s: float) -> float:
        return round((self._clock() - start_s) * 1000, 1)


async def _heard(execution: _Execution) -> Answer:
    """Wait for the answer; when the last listener is cancelled, so is a coroutine tool."""
    task = execution.task
    if task is None:
        raise RuntimeError("an execution is waited for before it was started")
    execution.listeners += 1
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        is_last = execution.listeners == 1 and not task.done()
        if is_last and execution.tool.is_coroutine:
            if execution.run is not None:
                execution.run.forget()
            task.cancel()
            await asyncio.wait([task])
        raise
    finally:
        execution.listeners -= 1


def _problem(name: str, error: Exception) -> str:
    """Say what went wrong, for the model; what nobody foresaw is logged."""
    match error:
        case ToolError(spoken=spoken):
            return spoken
        case HardwareError():
            return f"{error}. Tell the user that it did not work"
        case _:
            _logger.error("tool %s failed", name, exc_info=error)
            return "The tool failed inside and nothing more is known. Tell the user so"
