"""Figures as a person says them. PURE."""

from __future__ import annotations

from typing import Final

_UNITS: Final = ((86_400, "d"), (3600, "h"), (60, "min"))


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units: "2 h 5 min"."""
    whole = max(0, round(seconds))
    for size, name in _UNITS:
        if whole >= size:
            smaller = _smaller(whole % size, size)
            return f"{whole // size} {name}{smaller}"
    return f"{whole} s"


def _smaller(rest: int, size: int) -> str:
    below = next(((each, name) for each, name in (*_UNITS, (1, "s")) if each < size), (1, "s"))
    count = rest // below[0]
    return f" {count} {below[1]}" if count else ""
