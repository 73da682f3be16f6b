"""One address behind which a Live server, or anything but one, can stand in turn."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

SILENCE = "silence"
ECHO = "echo"


class Chameleon:
    """A TCP server whose `mode` decides what the next connection meets.

    A mode is `SILENCE`, `ECHO` (an HTTP error that repeats the request), the name of
    one of `answers`, bytes that end the connection, or of one of `servers`, to which it
    is passed on.
    """

    def __init__(self, answers: Mapping[str, bytes], servers: Mapping[str, str]) -> None:
        self.mode = SILENCE
        self.port = 0
        self.served: Counter[str] = Counter()
        self._answers = answers
        self._servers = servers
        self._met = asyncio.Event()
        self._talks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and end every connection; idempotent."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for talk in self._talks:
            talk.cancel()
        if self._talks:
            await asyncio.wait(self._talks)

    async def met(self, mode: str) -> None:
        """Wait until a connection has met `mode`."""
        async with asyncio.timeout(20):
            while not self.served[mode]:
                self._met.clear()
                await self._met.wait()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(self._talk(self.mode, reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(
        self, mode: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                self.served[mode] += 1
                self._met.set()
                await self._play(mode, reader, writer)
        finally:
            writer.close()

    async def _play(
        self, mode: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if mode in self._servers:
            await _pass_on(self._servers[mode], reader, writer)
            return
        head = await reader.read(65536)
        if mode == SILENCE:
            await reader.read()
            return
        echo = b"HTTP/1.1 403 " + b" ".join(head.split()) + b"\r\n" + head.partition(b"\n")[2]
        writer.write(echo if mode == ECHO else self._answers[mode])
        await writer.drain()


async def _pass_on(server: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    there = urlsplit(server)
    back, forth = await asyncio.open_connection(there.hostname, there.port)
    try:
        pumps = [asyncio.create_task(_pump(*ways)) for ways in ((reader, forth), (back, writer))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.wait(pumps)
    finally:
        forth.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()


@asynccontextmanager
async def chameleon(
    answers: Mapping[str, bytes], servers: Mapping[str, str]
) -> AsyncIterator[Chameleon]:
    """Run one."""
    one = Chameleon(answers, servers)
    await one.open()
    try:
        yield one
    finally:
        await one.close()
