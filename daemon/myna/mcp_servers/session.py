"""What a connection to a server is to the rest of this room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from myna.mcp_servers.choosing import Listed


@dataclass(frozen=True, slots=True)
class Watch:
    """What a connection tells while it lasts; called in the event loop.

    Attributes:
        lost: Takes the reason why it is of no use any more; the first one counts.
        changed: Called when the server has other tools.
    """

    lost: Callable[[str], None]
    changed: Callable[[], None]


class Session(Protocol):
    """An open session; its calls may come from any task."""

    async def listing(self) -> list[Listed]:
        """Return all the tools of the server.

        Raises:
            McpServerError: There are too many, or the list has no end.
        """
        ...

    async def call(self, name: str, arguments: Mapping[str, object]) -> Mapping[str, Any]:
        """Call a tool; cancelled, it tells the server so.

        Returns:
            Its `CallToolResult`, plain.

        Raises:
            ToolError: The server refused, or answered in a way that nobody understands.
        """
        ...


Connect: TypeAlias = Callable[[Watch], AbstractAsyncContextManager[Session]]
"""Opens a session and closes it, in one task; raises McpServerError for whatever happens."""
