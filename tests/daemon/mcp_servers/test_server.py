from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from myna.errors import McpServerError
from myna.health import Health
from myna.mcp_servers.choosing import Listed
from myna.mcp_servers.server import McpServer
from myna.mcp_servers.session import Session, Watch
from myna.mcp_servers.settings import McpServerSettings
from myna.tools.registry import Registry
from myna.trace import Trace


class Nothing:
    """A session with a server that has nothing."""

    async def listing(self) -> list[Listed]:
        return []

    async def call(self, name: str, arguments: Mapping[str, object]) -> Mapping[str, Any]:
        raise AssertionError(name, arguments)


@pytest.mark.parametrize("moment", ["opening", "leaving"])
async def test_cancellation_counts_that_the_library_drops(moment: str) -> None:
    reached = asyncio.Event()

    async def drop_cancellation() -> None:
        reached.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    @asynccontextmanager
    async def connect(watch: Watch) -> AsyncIterator[Session]:
        if moment == "opening":
            await drop_cancellation()
        else:
            watch.lost("gone")
        try:
            yield Nothing()
        except McpServerError:
            await drop_cancellation()
            raise

    settings = McpServerSettings(command=("server",), allow=("*",))
    server = McpServer("home", settings, connect, Registry().offer, Health(Trace(None)))
    task = asyncio.create_task(server.run())
    await reached.wait()
    task.cancel()
    await asyncio.wait([task], timeout=2)
    assert task.cancelled()
