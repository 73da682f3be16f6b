"""Servers on loopback that a Live session can meet: scripted ones, and none at all.

A script is a coroutine that plays the server's part of one connection. The shipped
simulator is another thing: it knows the protocol, these know nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import http
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response


@dataclass
class Peer:
    """One connection, from the server's side."""

    socket: ServerConnection

    async def receive(self) -> dict[str, Any]:
        """Return the next message; it must be a text frame."""
        frame = await self.socket.recv()
        assert isinstance(frame, str), "a client message must be a text frame"
        message: dict[str, Any] = json.loads(frame)
        return message

    async def send(self, message: object) -> None:
        """Send a message as the real server does: JSON in a binary frame."""
        await self.socket.send(json.dumps(message).encode())

    async def accept(self, **beside: object) -> dict[str, Any]:
        """Take the opening message and agree to it; return it."""
        opening = await self.receive()
        await self.send({"setupComplete": {}, **beside})
        return opening

    async def stay(self) -> None:
        """Keep the connection open until the client closes it."""
        await self.socket.wait_closed()


Script: TypeAlias = Callable[[Peer], Awaitable[None]]


@dataclass
class LiveServer:
    """A running server, and what it has seen."""

    endpoint: str
    requests: list[Request] = field(default_factory=list)
    closes: list[tuple[int | None, str | None]] = field(default_factory=list)


async def accept_and_stay(peer: Peer) -> None:
    """Play a server that is ready and says nothing more."""
    await peer.accept()
    await peer.stay()


@contextlib.asynccontextmanager
async def live_server(
    script: Script = accept_and_stay,
    *,
    host: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
    refusal: tuple[int, Mapping[str, str]] | None = None,
) -> AsyncIterator[LiveServer]:
    """Run `script` for every connection; `refusal` answers HTTP (status, headers) instead."""
    server = LiveServer("")

    def note(_connection: ServerConnection, request: Request) -> Response | None:
        server.requests.append(request)
        if refusal is None:
            return None
        status, headers = refusal
        sent = Headers({"Content-Length": "0", "Connection": "close", **headers})
        return Response(status, http.HTTPStatus(status).phrase, sent, b"")

    async def play(socket: ServerConnection) -> None:
        try:
            await script(Peer(socket))
        finally:
            await socket.close()
            server.closes.append((socket.close_code, socket.close_reason))

    async with serve(play, host, 0, process_request=note, ssl=tls, close_timeout=1) as running:
        port = next(iter(running.sockets)).getsockname()[1]
        server.endpoint = f"{'wss' if tls else 'ws'}://{host}:{port}"
        yield server


@contextlib.asynccontextmanager
async def tcp_server(answer: bytes) -> AsyncIterator[str]:
    """Answer the first bytes of every connection with `answer`; yield "HOST:PORT"."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await reader.read(1)
            writer.write(answer)
            while await reader.read(65536):
                pass
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.create_task(talk(reader, writer)))

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*talks)
