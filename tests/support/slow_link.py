"""TCP on loopback that takes its time, and TLS in front of a server that has none."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Final

CHUNK_BYTES: Final = 65_536


@dataclass(slots=True)
class SlowLink:
    """A link to a server, and what went over it.

    Attributes:
        round_trip_s: Half of it is added to every byte each way. The round trip of the TCP
            handshake, which the kernel answers at once, is added to a client's first bytes.
        port: Where clients connect.
        connections: How many did.
        bytes_up: From all clients.
        bytes_down: To all clients.
    """

    round_trip_s: float
    port: int = 0
    connections: int = 0
    bytes_up: int = 0
    bytes_down: int = 0

    async def carry(self, client: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Carry what a client sends."""
        arrives_s = _now_s() + self.round_trip_s
        while chunk := await client.read(CHUNK_BYTES):
            self.bytes_up += len(chunk)
            arrives_s = self._write(sink, chunk, max(arrives_s, _now_s()))
        _close_at(sink, max(arrives_s, _now_s()) + self.round_trip_s / 2)

    async def carry_back(self, server: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Carry what the server sends."""
        while chunk := await server.read(CHUNK_BYTES):
            self.bytes_down += len(chunk)
            self._write(sink, chunk, _now_s())
        _close_at(sink, _now_s() + self.round_trip_s / 2)

    def _write(self, sink: asyncio.StreamWriter, chunk: bytes, sent_s: float) -> float:
        asyncio.get_running_loop().call_at(sent_s + self.round_trip_s / 2, sink.write, chunk)
        return sent_s


@contextlib.asynccontextmanager
async def slow_link(port: int, round_trip_s: float) -> AsyncIterator[SlowLink]:
    """Listen on loopback and carry everything to `port`, slowly."""
    link = SlowLink(round_trip_s)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link.connections += 1
        answers, sink = await asyncio.open_connection("127.0.0.1", port)
        await _both(link.carry(reader, sink), link.carry_back(answers, writer))

    async with await asyncio.start_server(pass_on, "127.0.0.1", 0) as server:
        link.port = server.sockets[0].getsockname()[1]
        yield link


@contextlib.asynccontextmanager
async def tls_in_front_of(port: int, context: ssl.SSLContext) -> AsyncIterator[int]:
    """Listen on loopback with TLS, and hand on what is in it to `port`; yield our port."""

    async def unwrap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, sink = await asyncio.open_connection("127.0.0.1", port)
        await _both(_pour(reader, sink), _pour(answers, writer))

    async with await asyncio.start_server(unwrap, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


async def _both(there: Awaitable[None], back: Awaitable[None]) -> None:
    with contextlib.suppress(OSError):
        await asyncio.gather(there, back)


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(CHUNK_BYTES):
        sink.write(chunk)
        await sink.drain()
    sink.close()


def _close_at(sink: asyncio.StreamWriter, when_s: float) -> None:
    asyncio.get_running_loop().call_at(when_s, sink.close)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
