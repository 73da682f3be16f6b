"""One tool: a function, how it is declared, and what it may return."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias, get_args

from myna.tools.arguments import Arguments, StructArguments
from myna.tools.declaration import Declaration, declare
from myna_hardware.interfaces import Still

TIME_LIMIT_S: Final = 10.0
"""An answer slower than a minute was seen to end the session with 1011 (adk-python#3918)."""


PER_MINUTE: Final = 30
"""More often nobody can want a thing; a model that runs wild does."""

Risk: TypeAlias = Literal["safe", "confirm", "never-by-voice"]
"""What a call may do to the house.

safe: runs at once. confirm: runs after a yes at the speaker itself (button, or `myna
confirm`). never-by-voice: the model is not told of it and may not call it; `myna call` may.
"""

RiskOf: TypeAlias = Callable[[Mapping[str, object]], Risk]
"""The risk of a call, by its checked arguments."""

Scheduling: TypeAlias = Literal["SILENT", "WHEN_IDLE", "INTERRUPT"]
"""When a model that did not wait hears of the outcome (FunctionResponse.Scheduling).

SILENT: it takes note and says nothing. WHEN_IDLE: after what it is saying.
INTERRUPT: at once. For a question to which the tool is the answer PydanticAI prefers
INTERRUPT: with WHEN_IDLE the model had often answered from its own knowledge already.
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A tool's result after which the conversation is over.

    Attributes:
        output: What the model is told.
    """

    output: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Seen:
    """A tool's result that is a picture.

    Attributes:
        still: What the model is to see.
        text: What it is told beside that.
    """

    still: Still
    text: str


Result: TypeAlias = Mapping[str, object] | Ended | Seen
"""What a tool returns: named values that JSON can hold, or one of the two above."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call.

    Attributes:
        declaration: What the model is told.
        arguments: What its arguments must fit.
        function: Returns a `Result`, or an awaitable of one. A plain function runs in a
            worker thread and may block; a coroutine function runs in the event loop, and
            is cancelled with its call: what must not be cut off halfway it shields.
        timeout_s: How long the model waits.
        is_reading: Whether it changes nothing by itself, so that it runs each time it is
            called; the calls of all others are remembered (`tools.memory`).
        stands: Tells whether a result that it returned earlier is still how things are,
            for a tool whose effect can be read back; asked in the event loop, must not
            block. A repeated call then runs exactly when its effect is gone.
        scheduling: When the model hears of the outcome if it goes on talking meanwhile;
            None when it waits, as it should for everything that answers within a second.
        risk: See `Risk`; where it depends on the arguments, what tells it.
        per_minute: How often it runs within a minute, at most.
    """

    declaration: Declaration
    arguments: Arguments
    function: Callable[..., Any]
    timeout_s: float
    is_reading: bool = False
    stands: Callable[[Any], bool] | None = None
    scheduling: Scheduling | None = None
    risk: Risk | RiskOf = "safe"
    per_minute: int = PER_MINUTE

    def __post_init__(self) -> None:
        """Refuse traits that would guard nothing, such as a risk that is misspelt."""
        if not callable(self.risk):
            _check_risk(self.risk)
        if self.per_minute < 1 or self.timeout_s <= 0:
            raise ValueError(f"{self.name}: per_minute and timeout_s must be above 0")

    @property
    def name(self) -> str:
        """What the model calls."""
        return self.declaration.name

    @property
    def is_coroutine(self) -> bool:
        """Whether it runs in the event loop."""
        return inspect.iscoroutinefunction(self.function)

    @property
    def is_for_model(self) -> bool:
        """Whether the model may know of it."""
        return self.risk != "never-by-voice"

    def risk_of(self, values: Mapping[str, object]) -> Risk:
        """Return what the call with these checked arguments may do.

        Raises:
            ValueError: The tool itself cannot tell.
        """
        return _check_risk(self.risk(values)) if callable(self.risk) else self.risk

    @classmethod
    def from_function(  # noqa: PLR0913 - one argument for each trait of a tool
        cls,
        function: Callable[..., Any],
        *,
        name: str | None = None,
        notes: str = "",
        timeout_s: float = TIME_LIMIT_S,
        is_reading: bool = False,
        stands: Callable[[Any], bool] | None = None,
        scheduling: Scheduling | None = None,
        risk: Risk | RiskOf = "safe",
        per_minute: int = PER_MINUTE,
    ) -> Tool:
        """Make a tool of a typed function with a Google-style docstring.

        Args:
            function: See `Tool.function`.
            name: What the model calls, if not the function's own name.
            notes: What the description must say beside the docstring.
            timeout_s: See `Tool.timeout_s`.
            is_reading: See `Tool.is_reading`.
            stands: See `Tool.stands`.
            scheduling: See `Tool.scheduling`.
            risk: See `Tool.risk`.
            per_minute: See `Tool.per_minute`.

        Raises:
            TypeError: The function is not fully annotated and described.
            ValueError: The risk is none, or a limit not above 0.
        """
        declaration, struct = declare(function, notes)
        if name is not None:
            declaration = replace(declaration, name=name)
        if scheduling is not None:
            declaration = replace(declaration, behavior="NON_BLOCKING")
        return cls(
            declaration,
            StructArguments(struct),
            function,
            timeout_s,
            is_reading,
            stands,
            scheduling,
            risk,
            per_minute,
        )


def _check_risk(risk: Risk) -> Risk:
    if risk not in get_args(Risk):
        raise ValueError(f"the risk {risk!r} is none of {', '.join(get_args(Risk))}")
    return risk
