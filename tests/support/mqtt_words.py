"""A server that says what no broker of the tests says of its own accord: words of MQTT 5."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final

CONNECT, SUBSCRIBE, PUBLISH = 1, 8, 3
"""Types of packets (MQTT 5, 2.1.2)."""

WELCOME: Final = bytes([0x20, 3, 0, 0, 0])
"""CONNACK: no session, success, no properties."""


def suback(*codes: int) -> bytes:
    """Return the answer to the first subscription of a connection."""
    return bytes([0x90, 3 + len(codes), 0, 1, 0, *codes])


def goodbye(code: int) -> bytes:
    """Return a DISCONNECT with a reason."""
    return bytes([0xE0, 2, code, 0])


@asynccontextmanager
async def answering(answers: Mapping[int, bytes]) -> AsyncIterator[int]:
    """Answer the first packet of each type with what stands there; yield the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = dict(answers)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind = (await reader.readexactly(1))[0] >> 4
                await reader.readexactly(await _length(reader))
                writer.write(left.pop(kind, b""))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port: int = server.sockets[0].getsockname()[1]
        yield port


async def _length(reader: asyncio.StreamReader) -> int:
    """Read a Remaining Length (MQTT 5, 1.5.5)."""
    length = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return length
