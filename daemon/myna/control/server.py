"""The daemon's end of the control socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import stat
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final, TypeAlias

from myna.control.finding import is_answered
from myna.control.messages import (
    LINE_LIMIT_BYTES,
    Monitor,
    Request,
    parse_request,
    serialize_answer,
    serialize_refusal,
)
from myna.errors import CommandError, MynaError
from myna_hardware.errors import HardwareError

Answerer: TypeAlias = Callable[[Request], Awaitable[Mapping[str, object]]]
Moment: TypeAlias = Callable[[], Mapping[str, object]]
"""Tells how everything is now."""

CLIENT_LIMIT: Final = 8
PATIENCE_S: Final = 10.0
"""How long a client may take for its next line, or to read an answer."""

WATCH_S: Final = 0.1
"""How often whoever watches is told."""

_SOCKET_MODE: Final = 0o660
_DIRECTORY_MODE: Final = 0o750
_PUBLIC_DIRECTORY_MODE: Final = 0o700

_logger: Final = logging.getLogger(__name__)


class ControlServer:
    """Answers requests on a Unix socket until it is closed; lives in one event loop."""

    def __init__(
        self,
        path: Path,
        answer: Answerer,
        patience_s: float = PATIENCE_S,
        watching: Callable[[], AbstractContextManager[Moment]] = lambda: nullcontext(dict),
    ) -> None:
        """Prepare a server; nothing is opened yet.

        Args:
            path: The socket to open.
            answer: Does what a request asks; a MynaError or HardwareError that it
                raises becomes the refusal.
            patience_s: How long a client may keep us waiting.
            watching: Entered while somebody watches; yields what tells the moment.
        """
        self._path = path
        self._answer = answer
        self._watching = watching
        self._patience_s = patience_s
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Open the socket.

        Raises:
            CommandError: Another daemon answers there, or the path cannot be used.
        """
        try:
            _make_directory(self._path.parent)
            _remove_stale(self._path)
            self._server = await asyncio.start_unix_server(
                self._on_client, self._path, limit=LINE_LIMIT_BYTES
            )
            self._path.chmod(_SOCKET_MODE)
        except OSError as error:
            problem = error.strerror or str(error)
            text = f"cannot open the control socket {self._path}: {problem}; set control.socket"
            raise CommandError(text) from error

    async def close(self) -> None:
        """Hang up on everybody and remove the socket; idempotent."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self._path.unlink(missing_ok=True)
        for client in tuple(self._clients):
            client.close()

    async def _on_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            if len(self._clients) > CLIENT_LIMIT:
                await self._send(writer, serialize_refusal("too many clients at once"))
            else:
                await self._serve(reader, writer)
        except ConnectionError as error:
            _logger.debug("a client went away: %r", error)
        except TimeoutError:
            writer.transport.abort()  # close() would wait until the client reads
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer line after line until the client is done or breaks a rule."""
        while True:
            try:
                async with asyncio.timeout(self._patience_s):
                    line = await reader.readline()
            except ValueError:  # readline's word for a line above the limit
                text = f"a line is at most {LINE_LIMIT_BYTES} bytes"
                await self._send(writer, serialize_refusal(text))
                return
            if not line.endswith(b"\n"):
                return
            try:
                request = parse_request(line)
            except CommandError as error:
                await self._send(writer, serialize_refusal(str(error)))
                continue
            if isinstance(request, Monitor):
                await self._show(reader, writer)
                return
            await self._send(writer, await self._answered(request))

    async def _show(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Tell the client how everything is, until it says or sends anything more.

        What it has not read yet is not added to: it misses that, and the daemon never
        waits. A client that reads nothing at all is left alone in the end.
        """
        leaving = asyncio.ensure_future(reader.read(1))
        unread_s = 0.0
        try:
            with self._watching() as moment:
                while not leaving.done() and unread_s < self._patience_s:
                    is_read = writer.transport.get_write_buffer_size() == 0
                    unread_s = 0.0 if is_read else unread_s + WATCH_S
                    if is_read:
                        writer.write(serialize_answer(moment()))
                    await asyncio.wait([leaving], timeout=WATCH_S)
        finally:
            leaving.cancel()
        if unread_s:
            writer.transport.abort()

    async def _answered(self, request: Request) -> bytes:
        try:
            return serialize_answer(await self._answer(request))
        except (MynaError, HardwareError) as error:
            return serialize_refusal(str(error))

    async def _send(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        writer.write(line)
        async with asyncio.timeout(self._patience_s):
            await writer.drain()


def _make_directory(directory: Path) -> None:
    """Make the socket's folder; one of somebody else's could hand our socket to them."""
    with contextlib.suppress(FileExistsError):
        is_public = directory.parent.exists() and directory.parent.stat().st_mode & stat.S_IWOTH
        mode = _PUBLIC_DIRECTORY_MODE if is_public else _DIRECTORY_MODE
        directory.mkdir(mode=mode, parents=True)
    if directory.stat().st_uid not in (0, os.geteuid()):
        raise PermissionError(0, f"{directory} belongs to another user")


def _remove_stale(path: Path) -> None:
    """Remove what a daemon that died has left behind."""
    if not path.exists():
        return
    if not path.is_socket():
        raise FileExistsError(0, "a file that is no socket stands there")
    if is_answered(path):
        raise CommandError(f"myna is already running: it answers on {path}")
    path.unlink()
