"""All the servers that are configured: what is loaded for them, and that they run.

Their libraries cost half a second and 41 MiB on a fast machine (tests/bench/bench_mcp.py),
so nothing else of this room than `settings` and its checks is imported where there is no
server, and the rest by a thread, so that hearing goes on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from myna.health import Health
from myna.mcp_servers.settings import McpServerSettings

if TYPE_CHECKING:
    from myna.mcp_servers.server import McpServer, Offer

PART: Final = "mcp"
MISSING: Final = (
    "the library for Model Context Protocol servers is missing ({}): "
    "install it: sudo ./install.sh --with mcp"
)


class McpServers:
    """The servers; lives in the event loop.

    Args:
        settings: By name, at least one.
        environ: Where tokens are looked up.
        hide: Told every token (`Redaction.hide`).
        health: Told of trouble.
        offer: See `Registry.offer`.
    """

    def __init__(
        self,
        settings: Mapping[str, McpServerSettings],
        environ: Mapping[str, str],
        hide: Callable[[str], None],
        health: Health,
        offer: Offer,
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._hide = hide
        self._health = health
        self._offer = offer

    async def run(self) -> None:
        """Keep them all connected, for ever; cancelled, end them side by side."""
        try:
            servers = await asyncio.to_thread(self._build)
        except ModuleNotFoundError as error:
            self._health.degrade(PART, MISSING.format(error.name))
            await asyncio.Event().wait()
        else:
            await _side_by_side([server.run for server in servers])

    def _build(self) -> list[McpServer]:
        from myna.mcp_servers.client import Connector
        from myna.mcp_servers.server import McpServer

        def build(name: str, settings: McpServerSettings) -> McpServer:
            connector = Connector(name, settings, self._environ, self._hide)
            return McpServer(name, settings, connector.connected, self._offer, self._health)

        return [build(name, settings) for name, settings in self._settings.items()]


async def _side_by_side(runs: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """Run all of them, for ever; the first failure, or being cancelled, ends them all.

    No TaskGroup: in Python 3.11 one that fails while it is cancelled forgets the latter
    (cpython#116720).
    """
    tasks = [asyncio.ensure_future(run()) for run in runs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
