"""What a person is told of a tool. PURE."""

from __future__ import annotations

from myna.tools.tool import Tool


def introduced(source: str, tool: Tool) -> dict[str, object]:
    """Return what `myna tools` tells of one.

    Args:
        source: Who brought it.
        tool: As it is offered.
    """
    return {
        "name": tool.name,
        "source": source,
        "risk": tool.risk if isinstance(tool.risk, str) else "by its arguments",
        "per_minute": tool.per_minute,
        "timeout_s": tool.timeout_s,
        "description": tool.declaration.description,
        "parameters": tool.declaration.parameters,
    }
