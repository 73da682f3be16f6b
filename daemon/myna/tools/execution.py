"""One call of a tool: whether it may run, how its answer is waited for, what went wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from myna.errors import ToolError
from myna.tools.answer import Answer
from myna.tools.arguments import ArgumentsError
from myna.tools.memory import Run
from myna.tools.tool import Risk, Tool
from myna_hardware.errors import HardwareError

_logger: Final = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Execution:
    """A call under way, or what came of it.

    Attributes:
        tool: What is called.
        values: With these arguments, checked.
        start_s: Since then.
        needs_yes: Whether it waits for a yes before it runs.
        task: Ends with the answer; set at once.
        run: What the memory knows of it; None for a tool that reads.
        listeners: How many calls wait for the answer.
    """

    tool: Tool
    values: Mapping[str, object]
    start_s: float
    needs_yes: bool
    task: asyncio.Task[Answer] | None = None
    run: Run[Execution] | None = None
    listeners: int = 0

    @property
    def can_be_cancelled(self) -> bool:
        """Whether it stops where it is when nobody waits for it any more."""
        return self.tool.is_coroutine or self.needs_yes


def checked(tool: Tool, arguments: Mapping[str, object]) -> Mapping[str, object]:
    """Return the arguments as the tool takes them.

    Raises:
        ToolError: They do not fit.
    """
    try:
        return tool.arguments.check(arguments)
    except ArgumentsError as error:
        spoken = f"{tool.name} was not run: {error}. Correct this and call it again"
        raise ToolError(tool.name, spoken) from error


def granted_risk(tool: Tool, values: Mapping[str, object]) -> Risk:
    """Return the risk of a call of the model.

    Raises:
        ToolError: It is none that a model may make.
    """
    risk = tool.risk_of(values)
    if risk == "never-by-voice":
        spoken = f"{tool.name} was not run: the owner of this speaker does not allow it by voice"
        raise ToolError(tool.name, f"{spoken}. Tell the user so")
    return risk


async def heard(execution: Execution) -> Answer:
    """Wait for the answer; when the last listener is cancelled, so is what can be."""
    task = execution.task
    if task is None:
        raise RuntimeError("an execution is waited for before it was started")
    execution.listeners += 1
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        is_last = execution.listeners == 1 and not task.done()
        if is_last and execution.can_be_cancelled:
            if execution.run is not None:
                execution.run.forget()
            task.cancel()
            await asyncio.wait([task])
        raise
    finally:
        execution.listeners -= 1


def problem_of(name: str, error: Exception) -> str:
    """Say what went wrong, for the model; what nobody foresaw is logged."""
    match error:
        case ToolError(spoken=spoken):
            return spoken
        case HardwareError():
            return f"{error}. Tell the user that it did not work"
        case _:
            _logger.error("tool %s failed", name, exc_info=error)
            return "The tool failed inside and nothing more is known. Tell the user so"
