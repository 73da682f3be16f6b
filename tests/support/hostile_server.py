"""A server that speaks WebSocket by hand, to say what no library would.

The first connection is attacked; every later one is relayed to a server that behaves,
so that it can be seen whether the client goes on.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import struct
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

TEXT: Final = 1
BINARY: Final = 2
CONTINUATION: Final = 0
READY: Final = b'{"setupComplete":{}}'
_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_PIECE_BYTES: Final = 65_536


def frame(
    payload: bytes,
    opcode: int = BINARY,
    *,
    is_last: bool = True,
    is_compressed: bool = False,
    mask: bytes | None = None,
) -> bytes:
    """Return one WebSocket frame (RFC 6455, section 5.2), right or wrong."""
    first = (0x80 if is_last else 0) | (0x40 if is_compressed else 0) | opcode
    masked = 0x80 if mask else 0
    if len(payload) < 126:
        head = struct.pack("!BB", first, masked | len(payload))
    elif len(payload) < 65_536:
        head = struct.pack("!BBH", first, masked | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, masked | 127, len(payload))
    return head + (mask or b"") + payload


@dataclass
class HostileServer:
    """A running attacker.

    Attributes:
        url: Where it listens.
        target: Host and port of the server that behaves.
        connections: How many came so far.
        is_over: Set once the first connection is gone.
    """

    url: str
    attack: Callable[[], Iterable[bytes]]
    target: tuple[str, int] | None = None
    connections: int = 0
    is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Attack, or relay."""
        self.connections += 1
        is_first = self.connections == 1
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await (self._attack(reader, writer) if is_first else self._relay(reader, writer))
        finally:
            writer.close()
            if is_first:
                self.is_over.set()

    async def _attack(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _upgrade(reader, writer)
        hearing = asyncio.create_task(_swallow(reader))
        try:
            for piece in self.attack():
                writer.write(piece)
                await writer.drain()
            await hearing
        finally:
            hearing.cancel()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self.target is not None, "no server that behaves was named"
        far_reader, far_writer = await asyncio.open_connection(*self.target)
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            far_writer.close()


async def _upgrade(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept the WebSocket (RFC 6455, section 4.2.2), and wait for the first frame."""
    request = await reader.readuntil(b"\r\n\r\n")
    lines = (line.partition(b":") for line in request.split(b"\r\n"))
    key = next(value.strip() for name, _, value in lines if name.lower() == b"sec-websocket-key")
    digest = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())  # noqa: S324 - the RFC's choice
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + digest + b"\r\n\r\n"
    )
    await reader.readexactly(2)


async def _swallow(reader: asyncio.StreamReader) -> None:
    while await reader.read(_PIECE_BYTES):
        pass


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()


@contextlib.asynccontextmanager
async def hostile_server(attack: Callable[[], Iterable[bytes]]) -> AsyncIterator[HostileServer]:
    """Run an attacker; `attack` returns what is sent once the setup has come, in pieces."""
    hostile = HostileServer("", attack)
    talks: set[asyncio.Task[None]] = set()

    def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.create_task(hostile.serve(reader, writer)))

    server = await asyncio.start_server(welcome, "127.0.0.1", 0)
    async with server:
        hostile.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield hostile
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
