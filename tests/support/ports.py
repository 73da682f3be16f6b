"""Which ports a process listens on, from the kernel's own tables (proc_net_tcp(5), proc(5))."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

TABLES: Final = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")
WAITING: Final = {"tcp": {"0A"}, "udp": {"07"}, "raw": {"07"}}
"""States (linux/tcp_states.h): LISTEN; for the others CLOSE, which is bound to no peer."""


def listening(pid: int) -> list[str]:
    """Return every port on which the process would take something from anybody."""
    sockets = set(_sockets(pid))
    return [
        f"{table} {address}"
        for table in TABLES
        for address, state, inode in _rows(pid, table)
        if inode in sockets and state in WAITING[table.removesuffix("6")]
    ]


def _sockets(pid: int) -> Iterator[str]:
    """Yield the inodes of the sockets that the process has open."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue  # closed meanwhile
        if target.startswith("socket:["):
            yield target.removeprefix("socket:[").removesuffix("]")


def _rows(pid: int, table: str) -> Iterator[tuple[str, str, str]]:
    """Yield local address, state and inode of each socket of the network namespace."""
    for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
        words = line.split()
        yield words[1], words[3], words[9]
