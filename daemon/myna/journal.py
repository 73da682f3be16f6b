"""The journal, spoken to in its own language, so that entries have fields to search by.

One datagram is one entry (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/). Nothing here
waits: an entry for which the journal has no room is lost, and counted.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

SOCKET: Final = Path("/run/systemd/journal/socket")
PREFIX: Final = "myna_"
"""How attributes of a log record begin that become fields of the entry."""

LONGEST: Final = 32_768
"""Characters of a value; a datagram takes 200 kB (net.core.wmem_max), the rest is cut."""

_SEVERITIES: Final = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4))
_INFO: Final = 6
_DEBUG: Final = 7


def severity_of(level: int) -> int:
    """Return the severity of sd-daemon(3) for a level of `logging`."""
    least = _INFO if level >= logging.INFO else _DEBUG
    return next((severity for limit, severity in _SEVERITIES if level >= limit), least)


def serialize_entry(fields: Mapping[str, str]) -> bytes:
    """Return the datagram of an entry: text with lines of its own goes with its length."""
    return b"".join(_field(name, value[:LONGEST]) for name, value in fields.items())


def _field(name: str, value: str) -> bytes:
    raw = value.encode("utf-8", "replace")
    if b"\n" not in raw:
        return name.encode() + b"=" + raw + b"\n"
    return name.encode() + b"\n" + struct.pack("<Q", len(raw)) + raw + b"\n"


def fields_of(record: logging.LogRecord, message: str) -> dict[str, str]:
    """Return the fields of a record, whose text and traceback are `message`."""
    return {
        "MESSAGE": message,
        "PRIORITY": str(severity_of(record.levelno)),
        "SYSLOG_IDENTIFIER": "myna",
        "MYNA_LOGGER": record.name,
        "CODE_FILE": record.pathname,
        "CODE_LINE": str(record.lineno),
        "CODE_FUNC": record.funcName or "",
        **dict(_extras(record)),
    }


def _extras(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    for name, value in vars(record).items():
        if name.startswith(PREFIX):
            yield name.upper(), str(value)


class Journal:
    """The journal's socket."""

    def __init__(self, path: Path = SOCKET) -> None:
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.settimeout(0)

    def write(self, fields: Mapping[str, str]) -> None:
        """Write an entry.

        Raises:
            BlockingIOError: The journal has no room for it just now.
            OSError: There is no journal.
        """
        self._socket.sendto(serialize_entry(fields), self._path)

    def close(self) -> None:
        """Hang up; idempotent."""
        self._socket.close()
