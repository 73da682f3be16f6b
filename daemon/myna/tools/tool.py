"""One tool: a function, how it is declared, and what it may return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec

from myna.tools.declaration import Declaration, declare
from myna_hardware.interfaces import Still

TIME_LIMIT_S: Final = 10.0
"""An answer slower than a minute was seen to end the session with 1011 (adk-python#3918)."""


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
            worker thread and may block; a coroutine function runs in the event loop.
        timeout_s: How long the model waits.
    """

    declaration: Declaration
    arguments: type[msgspec.Struct]
    function: Callable[..., Any]
    timeout_s: float

    @property
    def name(self) -> str:
        """What the model calls."""
        return self.declaration.name

    @classmethod
    def from_function(
        cls, function: Callable[..., Any], *, notes: str = "", timeout_s: float = TIME_LIMIT_S
    ) -> Tool:
        """Make a tool of a typed function with a Google-style docstring.

        Args:
            function: See `Tool.function`.
            notes: What the description must say beside the docstring.
            timeout_s: See `Tool.timeout_s`.

        Raises:
            TypeError: The function is not fully annotated and described.
        """
        declaration, arguments = declare(function, notes)
        return cls(declaration, arguments, function, timeout_s)
