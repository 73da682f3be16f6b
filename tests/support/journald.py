"""A journal that reads its socket as journald does, and parses what it reads strictly."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAX_DATAGRAM_BYTES = 1 << 20
_NAME = re.compile(rb"[A-Z][A-Z0-9_]{0,63}")
"""What a client may call a field (journald's `journal_field_valid`)."""


def parse_entry(datagram: bytes) -> dict[str, str]:
    """Return the fields of an entry; whatever the protocol does not allow is an error."""
    fields: dict[str, str] = {}
    while datagram:
        line, separator, datagram = datagram.partition(b"\n")
        assert separator
        name, equals, value = line.partition(b"=")
        if not equals:
            (size,) = struct.unpack("<Q", datagram[:8])
            value, end, datagram = (
                datagram[8 : 8 + size],
                datagram[8 + size :][:1],
                datagram[9 + size :],
            )
            assert end == b"\n"
        assert _NAME.fullmatch(name)
        fields[name.decode()] = value.decode()
    return fields


class Journald:
    """The socket, and the entries that wait in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(5)

    def entry(self) -> dict[str, str]:
        """Return the next entry."""
        return parse_entry(self._socket.recv(MAX_DATAGRAM_BYTES))

    def entries(self) -> list[dict[str, str]]:
        """Return all that wait."""
        self._socket.setblocking(False)
        return list(self._waiting())

    def _waiting(self) -> Iterator[dict[str, str]]:
        try:
            while True:
                yield self.entry()
        except BlockingIOError:
            return

    def close(self) -> None:
        """Be gone, as while journald is restarted."""
        self._socket.close()
        self.path.unlink(missing_ok=True)


@contextmanager
def journald(folder: Path) -> Iterator[Journald]:
    """Run one."""
    journal = Journald(folder / "journal.socket")
    try:
        yield journal
    finally:
        journal.close()
