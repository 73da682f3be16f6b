"""What the model is told of a server's answer. PURE.

Always an object. Pictures, sounds and links are named and left out: nothing that a server
points to is fetched. `tools.answer` cuts what is too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from myna.errors import ToolError
from myna.mcp_servers.words import plain_words
from myna.tools.tool import Result

LONGEST_ERROR: Final = 600


def told(name: str, result: Mapping[str, Any]) -> Result:
    """Return what a `CallToolResult` says.

    Args:
        name: The tool.
        result: Plain, by the names of the protocol.

    Raises:
        ToolError: The tool says that it failed.
    """
    parts = result.get("content", ())
    text = "\n".join(_texts(parts))
    if result.get("isError"):
        spoken = plain_words(text, LONGEST_ERROR) or "it gave no reason"
        raise ToolError(name, f"{name} failed: {spoken}")
    outcome = _outcome(result, text)
    left_out = list(_left_out(parts))
    return {**outcome, "left_out": left_out} if left_out else outcome


def _outcome(result: Mapping[str, Any], text: str) -> dict[str, object]:
    """Prefer what is structured: its text only repeats it (MCP, Tools, Structured Content)."""
    structured = result.get("structuredContent")
    if isinstance(structured, Mapping):
        return dict(structured)
    if structured is not None:
        return {"result": structured}
    return {"text": text} if text else {"done": True}


def _texts(parts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for part in parts:
        match part:
            case {"type": "text", "text": str(text)} if text:
                yield text
            case {"type": "resource", "resource": {"text": str(text)}} if text:
                yield text


def _left_out(parts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for part in parts:
        match part:
            case {"type": "text"} | {"type": "resource", "resource": {"text": str()}}:
                continue
            case {"type": str(kind), "mimeType": str(mime)}:
                yield plain_words(f"{kind} ({mime})", 80)
            case {"type": str(kind)}:
                yield plain_words(kind, 80)
