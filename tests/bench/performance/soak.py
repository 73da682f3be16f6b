"""The whole daemon talked to for hours of its own time: does it grow?

`tests/bench/soak.py` with fewer turns.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from bench.performance.measure import Chapter, Curve, Measured, Scale, run_alone
from bench.soak import HOUR_S, SLOPE_MIB_PER_HOUR, SPEED, memory_slope, warmed
from bench.soaking import Soak, soak
from bench.vitals import MIB, rise

TURNS: Final = 100

HOW: Final = """\\
`myna run` and the embedded server, a process each, whose time goes by eight times as fast
(`tests/bench/hurried.py`). Somebody says the wake word and a question, hears the reply, asks
again, cuts in, and lets the model say goodbye; tools are called; every conversation has its
session. Memory, file descriptors and threads are read from `/proc` all the while. The slope is
the median of the slopes between all pairs of looks (Theil and Sen) after the first hour, or
after the first third of a shorter run, in hours of the daemon's own time. File descriptors and
threads: by how much the least of the last third of the run lies above the least of the second.
The long run is `python tests/bench/soak.py --turns 2000`."""

REMARK: Final = (
    "In its first hour a daemon still fills what it keeps (30 s of microphone, the last fifty "
    "turns, the pools of its allocator), so the slope of a short run says more than 1 MiB an "
    "hour; the goal is judged by the long run."
)


def measure(scale: Scale) -> Chapter:
    """Measure."""
    turns = 40 if scale.is_quick else TURNS
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(soak(turns, SPEED, Path(folder)))
    return Chapter(
        title="Soak",
        script="python -m bench.performance.soak",
        how=HOW,
        measured=rows(found),
        curves=(memory(found),),
        remarks=(REMARK,),
    )


def rows(found: Soak) -> tuple[Measured, ...]:
    """Spell what was found."""
    last = found.vitals[-1]
    warm = [each.resident_bytes / MIB for each in warmed(found.vitals)]
    fds, threads = (
        rise([getattr(each, what) for each in found.vitals]) for what in ("fds", "threads")
    )
    return (
        Measured("turns", "turns", (float(found.turns),)),
        Measured("hours of the daemon's time", "h", (last.t_s / HOUR_S,)),
        Measured("memory, once warm", "MiB", tuple(warm)),
        Measured("its slope", "MiB per hour", (memory_slope(found),), goal=slope_goal(last.t_s)),
        Measured("memory, from the middle to the end", "MiB", (warm[-1] - median(warm),), goal=1.0),
        Measured("file descriptors more", "open", (float(fds),), goal=0.0),
        Measured("threads more", "threads", (float(threads),), goal=0.0),
        Measured("tracebacks", "in its log", (float(found.log.count("Traceback")),), goal=0.0),
        Measured("CPU", "% of a core", (100 * last.cpu_s / last.t_s,)),
    )


def slope_goal(t_s: float) -> float | None:
    """Return the goal of the slope; a run of less than an hour is not held to it."""
    return SLOPE_MIB_PER_HOUR if t_s > HOUR_S else None


def memory(found: Soak) -> Curve:
    """Draw the memory over time."""
    points = tuple((each.t_s / 60, each.resident_bytes / MIB) for each in found.vitals)
    return Curve("Memory over time", "minutes of its time", "MiB", {"whole daemon": points})


if __name__ == "__main__":
    run_alone(measure)
