"""Whether there is any way out of this machine, as the kernel's tables of routes tell it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

TABLES: Final = Path("/proc/net")
_ANYWHERE: Final = "00000000"


def has_default_route(tables: Path = TABLES) -> bool:
    """Say whether packets to strangers would go anywhere; True where nobody can tell."""
    lines: list[list[str]] = []
    is_known = False
    for name in ("route", "ipv6_route"):
        with contextlib.suppress(OSError):
            lines += [line.split() for line in (tables / name).read_text().splitlines()]
            is_known = True
    return not is_known or any(_is_default_4(line) or _is_default_6(line) for line in lines)


def _is_default_4(fields: list[str]) -> bool:
    """Interface, destination, ..., mask (the eighth) of route(8)'s own source, proc(5)."""
    return len(fields) == 11 and fields[1] == fields[7] == _ANYWHERE


def _is_default_6(fields: list[str]) -> bool:
    """Destination, its length, ..., interface; the one on `lo` is where nothing goes."""
    is_anywhere = len(fields) == 10 and fields[0] == 4 * _ANYWHERE and fields[1] == "00"
    return is_anywhere and fields[9] != "lo"
