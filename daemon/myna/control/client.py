"""Ask the running daemon something, from a command."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from myna.control.messages import Monitor, Request, parse_answer, serialize_request
from myna.errors import CommandError, NotRunningError

TIMEOUT_S: Final = 5.0
_ANSWER_LIMIT_BYTES: Final = 1 << 20


def ask(path: Path, request: Request, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
    """Send `request` and return what the daemon answers.

    Args:
        path: The control socket.
        request: What to ask.
        timeout_s: How long to wait for the connection and for each part of the answer.

    Raises:
        NotRunningError: Nobody answers on `path`.
        CommandError: The daemon refused, or did not answer as it should.
    """
    line = serialize_request(request)
    try:
        with _connected(path, timeout_s) as connection:
            connection.sendall(line)
            return parse_answer(_line(connection))
    except TimeoutError as error:
        text = f"the daemon did not answer within {timeout_s:g} s; `journalctl -u myna` tells why"
        raise CommandError(text) from error
    except ConnectionError as error:
        raise CommandError("the daemon hung up before it answered") from error


def follow(path: Path, request: Monitor, timeout_s: float = TIMEOUT_S) -> Iterator[dict[str, Any]]:
    """Send `request` and yield every answer, until whoever asks has had enough.

    Args:
        path: The control socket.
        request: What to ask.
        timeout_s: How long to wait for the connection and for each answer.

    Raises:
        NotRunningError: Nobody answers on `path`.
        CommandError: The daemon refused, hung up or fell silent.
    """
    try:
        with _connected(path, timeout_s) as connection, connection.makefile("rb") as lines:
            connection.sendall(serialize_request(request))
            for line in lines:
                yield parse_answer(line)
    except TimeoutError as error:
        text = f"the daemon has said nothing for {timeout_s:g} s; `journalctl -u myna` tells why"
        raise CommandError(text) from error
    except ConnectionError as error:
        raise CommandError("the daemon hung up") from error
    raise CommandError("the daemon has ended")


def _connected(path: Path, timeout_s: float) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_s)
    try:
        connection.connect(str(path))
    except OSError as error:
        connection.close()
        raise _explained(error, path) from error
    return connection


def _explained(error: OSError, path: Path) -> Exception:
    match error:
        case PermissionError():
            cure = "use sudo, or join the group myna (sudo usermod -aG myna $USER) and log in again"
            return CommandError(f"{path} is not yours to use: {cure}")
        case TimeoutError() | BlockingIOError():  # it listens, and does not accept
            return TimeoutError()
        case _:
            return NotRunningError(str(path))


def _line(connection: socket.socket) -> bytes:
    """Read up to the first newline."""
    received = bytearray()
    while not received.endswith(b"\n"):
        part = connection.recv(65536)
        received += part
        if not part or len(received) > _ANSWER_LIMIT_BYTES:
            raise ConnectionAbortedError
    return bytes(received)
