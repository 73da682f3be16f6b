"""What a process takes, as /proc tells (proc(5)), and what becomes of it with time."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MIB: Final = 2**20
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_TICKS_HZ: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Vitals:
    """One look at a process.

    Attributes:
        t_s: When, by the watch of the process that is looked at.
        turns: How many turns of the conversation it had finished.
        cpu_s: What it had computed by then, all its threads together.
        resident_bytes: Its memory.
        fds: Open file descriptors.
        threads: Its threads.
    """

    t_s: float
    turns: int
    cpu_s: float
    resident_bytes: int
    fds: int
    threads: int


def cpu_s(pid: int) -> float:
    """Return what a process has computed so far."""
    fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_HZ


def resident_bytes(pid: int) -> int:
    """Return how much memory of a process is there."""
    return int((Path("/proc") / str(pid) / "statm").read_text().split()[1]) * _PAGE_BYTES


def look(pid: int, t_s: float = 0.0, turns: int = 0) -> Vitals:
    """Look at a process; what has no number yet is told by who looks."""
    home = Path("/proc") / str(pid)
    return Vitals(
        t_s,
        turns,
        cpu_s(pid),
        resident_bytes(pid),
        len(list((home / "fd").iterdir())),
        len(list((home / "task").iterdir())),
    )


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return by how much y grows with x: Theil and Sen's median of all pairs' slopes.

    A single step, or a few wild points, do not make a trend of it.
    """
    slopes = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for at, earlier in enumerate(points)
        for later in points[at + 1 :]
        if later[0] != earlier[0]
    ]
    return statistics.median(slopes) if slopes else 0.0


def rise(values: Sequence[int]) -> int:
    """Return by how much the least of the last third lies above that of the second.

    What comes and goes with every turn makes the highest values; a leak lifts the lowest.
    """
    third = len(values) // 3
    return min(values[2 * third :]) - min(values[third : 2 * third])
