"""What the author of a tool needs, and all of it.

A tool is a typed function with a docstring; the model is told what stands in both. Put it
into a file of its own in /etc/myna/tools:

    from typing import Annotated

    from msgspec import Meta
    from myna.plugin import tool


    @tool(risk="confirm", per_minute=2)
    def open_gate(minutes: Annotated[int, Meta(ge=1, le=10)] = 2) -> dict[str, object]:
        \"\"\"Open the gate to the yard; it closes by itself.

Args:
            minutes: For how long.
        \"\"\"
        ...
        return {"open_for_minutes": minutes}

or into a package of yours, named by an entry point of the group `myna.tools`. What it
returns the model is told; `ToolError` tells it what went wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from myna.errors import ToolError
from myna.tools.tool import PER_MINUTE, TIME_LIMIT_S, Risk, Tool

__all__ = ["GROUP", "Risk", "Tool", "ToolError", "tool"]

GROUP: Final = "myna.tools"
"""The group of entry points; each names a tool, or a module that holds some."""


def tool(
    *,
    risk: Risk = "safe",
    per_minute: int = PER_MINUTE,
    timeout_s: float = TIME_LIMIT_S,
    is_reading: bool = False,
) -> Callable[[Callable[..., Any]], Tool]:
    """Make a tool of the function below.

    A plain function runs on a thread of its own and may block; an `async` one runs in the
    daemon's event loop and must not.

    Args:
        risk: "safe" runs at once; "confirm" waits for the button or `myna confirm`;
            "never-by-voice" is for `myna call` only.
        per_minute: How often it may run within a minute.
        timeout_s: How long it may take.
        is_reading: Whether it changes nothing. The call of a tool that acts, when it comes
            twice, is acted on once.

    Raises:
        TypeError: The function is not fully annotated and described.
    """

    def make(function: Callable[..., Any]) -> Tool:
        return Tool.from_function(
            function,
            risk=risk,
            per_minute=per_minute,
            timeout_s=timeout_s,
            is_reading=is_reading,
        )

    return make
