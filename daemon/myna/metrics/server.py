"""Answers Prometheus, over HTTP on this machine itself and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final

from myna.health import Health
from myna.metrics.exposition import CONTENT_TYPE
from myna.metrics.settings import MetricsSettings

PART: Final = "metrics"
LOOPBACK: Final = "127.0.0.1"
REQUEST_LIMIT_BYTES: Final = 8192
PATIENCE_S: Final = 5.0
RETRY_S: Final = 30.0
CLIENT_LIMIT: Final = 8
_SOCKET_MODE: Final = 0o660

_REASONS: Final = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Busy"}


class MetricsServer:
    """Listens where it was told to.

    Args:
        settings: Where.
        text: Returns the figures of now; called in the event loop.
        health: Told while it cannot listen.
    """

    def __init__(self, settings: MetricsSettings, text: Callable[[], str], health: Health) -> None:
        self._settings = settings
        self._text = text
        self._health = health
        self._clients = 0

    async def run(self) -> None:
        """Listen, for ever; again and again where that is not possible."""
        while True:
            try:
                await self._listen()
            except OSError as error:
                why = f"{error.strerror or error}: change metrics.socket or metrics.port"
                self._health.degrade(PART, f"cannot listen: {why}")
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        async with AsyncExitStack() as stack:
            if self._settings.port is not None:
                port = self._settings.port
                server = await asyncio.start_server(
                    self._serve, LOOPBACK, port, limit=REQUEST_LIMIT_BYTES
                )
                await stack.enter_async_context(server)
            if self._settings.socket is not None:
                path = self._settings.socket
                server = await asyncio.start_unix_server(
                    self._serve, path, limit=REQUEST_LIMIT_BYTES
                )
                await stack.enter_async_context(server)
                stack.callback(path.unlink, missing_ok=True)
                path.chmod(_SOCKET_MODE)
            self._health.recover(PART)
            await asyncio.Event().wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        try:
            async with asyncio.timeout(PATIENCE_S):
                writer.write(self._answer(await reader.readuntil(b"\r\n\r\n")))
                await writer.drain()
        except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError):
            writer.transport.abort()
        finally:
            self._clients -= 1
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _answer(self, request: bytes) -> bytes:
        method, _, rest = request.partition(b" ")
        if self._clients > CLIENT_LIMIT:
            return _response(503, "too many at once\n")
        if method != b"GET":
            return _response(405, "only GET\n")
        if rest.split(b" ")[0].split(b"?")[0] != b"/metrics":
            return _response(404, "see /metrics\n")
        return _response(200, self._text())


def _response(status: int, text: str) -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
