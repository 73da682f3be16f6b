"""Messages over a child's standard input and output, a line each (MCP, Transports, stdio).

The SDK has such a transport too. It holds a line however long it is, gives the child our
standard error, logs what it cannot read with all of its text, and is not told that the
child has ended; hence this one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeAlias

import anyio
import mcp_types as types
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage

from myna.errors import McpServerError
from myna.mcp_servers.lines import Lines
from myna.mcp_servers.process import end_process, start_process
from myna.mcp_servers.words import plain_words
from myna.tools.allowance import Allowance

LONGEST_MESSAGE_BYTES: Final = 1_048_576
"""As the SDK bounds an event over HTTP. The model gets 8 KiB of it."""

MOST_MESSAGES: Final = 3000
MOST_GARBAGE: Final = 60
MOST_NOTES: Final = 60
"""Within a minute: messages, lines on standard output that are none, lines of log kept."""

_CHUNK_BYTES: Final = 65_536
_PAUSE_S: Final = 0.01
"""Between two reads of what is thrown away: whoever floods waits, we do not."""

_LONGEST_NOTE: Final = 300
_TOO_LONG: Final = "its answer was too long to be taken; what it did is not known"

Lost: TypeAlias = Callable[[str], None]
"""Told why the connection is of no use any more; the first reason counts."""

Received: TypeAlias = SessionMessage | Exception
Inbox: TypeAlias = MemoryObjectReceiveStream[Received]
Outbox: TypeAlias = MemoryObjectSendStream[SessionMessage]

log: Final = logging.getLogger(__name__)


@asynccontextmanager
async def stdio(
    name: str, command: Sequence[str], env: Mapping[str, str], lost: Lost
) -> AsyncIterator[tuple[Inbox, Outbox]]:
    """Run a server and exchange messages with it; end it at the end.

    Args:
        name: Of the server, for the log.
        command: The program and its arguments.
        env: All of its environment.
        lost: Called when it ends, or sends what no server sends.

    Raises:
        McpServerError: It does not start.
    """
    child = await start_process(command, env)
    to_session, inbox = anyio.create_memory_object_stream[Received](0)
    outbox, from_session = anyio.create_memory_object_stream[SessionMessage](0)
    pipes = _Pipes(name, child.process, lost)
    tasks = [
        asyncio.create_task(pipes.receive(to_session), name=f"mcp {name} receive"),
        asyncio.create_task(pipes.send(from_session), name=f"mcp {name} send"),
        asyncio.create_task(pipes.note(), name=f"mcp {name} log"),
    ]
    try:
        yield inbox, outbox
    finally:
        pipes.part()
        inbox.close()
        outbox.close()
        try:
            await end_process(child)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


class _Pipes:
    """The three pipes of a child."""

    def __init__(self, name: str, process: Process, lost: Lost) -> None:
        if process.stdin is None or process.stdout is None or process.stderr is None:
            raise ValueError("a server needs three pipes")
        self._name = name
        self._process = process
        self._stdin, self._stdout, self._stderr = process.stdin, process.stdout, process.stderr
        self._lost = lost
        self._messages = Allowance(MOST_MESSAGES)
        self._garbage = Allowance(MOST_GARBAGE)
        self._notes = Allowance(MOST_NOTES)
        self._asked: set[types.RequestId] = set()
        self._last_words = ""
        self._has_said_all = asyncio.Event()

    def part(self) -> None:
        """Take what happens from now on for our own doing."""
        self._lost = lambda _why: None

    async def receive(self, to_session: MemoryObjectSendStream[Received]) -> None:
        """Pass on what the server sends, until it ends or cannot be borne."""
        lines = Lines(LONGEST_MESSAGE_BYTES)
        async with to_session:
            try:
                while chunk := await self._stdout.read(_CHUNK_BYTES):
                    for line in lines.feed(chunk):
                        for message in self._read(line):
                            await to_session.send(SessionMessage(message))
                self._lost(await self._end())
            except McpServerError as error:
                self._lost(str(error))
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                pass  # the session is over
        # Or it could not write, and so not end.
        while await self._stdout.read(_CHUNK_BYTES):  # noqa: ASYNC110 - what it waits for is bytes
            await asyncio.sleep(_PAUSE_S)

    def _read(self, line: bytes | None) -> list[types.JSONRPCMessage]:
        """Return the message in `line`.

        Raises:
            McpServerError: The server has sent too much, or too much that is no message.
        """
        if self._messages.take(time.monotonic()):
            raise McpServerError("sends more than anybody can read")
        if line is None:
            return self._too_long()
        try:
            message = types.jsonrpc_message_adapter.validate_json(line, by_name=False)
        except ValueError as error:
            if line.strip() and self._garbage.take(time.monotonic()):
                text = "talks no MCP: its standard output is for messages alone"
                raise McpServerError(text) from error
            return []
        if isinstance(message, types.JSONRPCResponse | types.JSONRPCError) and message.id:
            self._asked.discard(message.id)
        return [message]

    def _too_long(self) -> list[types.JSONRPCMessage]:
        """Answer those who wait: which of them was answered stood in what nobody holds."""
        error = types.ErrorData(code=types.INTERNAL_ERROR, message=_TOO_LONG)
        waiting, self._asked = self._asked, set()
        return [types.JSONRPCError(jsonrpc="2.0", id=asked, error=error) for asked in waiting]

    async def _end(self) -> str:
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._process.wait()
                await self._has_said_all.wait()
        code = self._process.returncode
        how = "hangs up" if code is None else f"ended with status {code}"
        return f"{how}; its log ends: {self._last_words}" if self._last_words else how

    async def send(self, from_session: MemoryObjectReceiveStream[SessionMessage]) -> None:
        """Pass on what the server is to get."""
        try:
            async with from_session:
                async for item in from_session:
                    message = item.message
                    if isinstance(message, types.JSONRPCRequest):
                        self._asked.add(message.id)
                    data = message.model_dump_json(by_alias=True, exclude_unset=True)
                    self._stdin.write(data.encode() + b"\n")
                    await self._stdin.drain()
        except OSError:
            self._lost(await self._end())

    async def note(self) -> None:
        """Keep what it writes to its log out of ours, but for a little, at debug."""
        while chunk := await self._stderr.read(_CHUNK_BYTES):
            for line in chunk.decode(errors="replace").splitlines():
                if self._notes.take(time.monotonic()):
                    await asyncio.sleep(_PAUSE_S)
                    break
                words = plain_words(line, _LONGEST_NOTE)
                log.debug("%s: %s", self._name, words)
                if any(map(str.isalnum, words)):  # not the frame around a traceback
                    self._last_words = words
        self._has_said_all.set()
