"""Talk to the whole daemon for hours, and watch whether it grows.

    python tests/bench/soak.py --turns 2000
    python tests/bench/soak.py --turns 2000 --real-time

The daemon (`myna run`) and the embedded server in a process each. Somebody says the wake
word and a question, hears the reply, asks again, cuts in, and lets the model say goodbye;
tools are called, and every conversation has its session, its echo cancellers and its own
end. For both processes time goes by `--speed` times as fast (hurried.py), so all hours here
are theirs; 2,000 turns take two of them. Exit code 1 when memory, file descriptors or
threads grow, the log has a traceback, or the daemon does not end well.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.soaking import Soak, soak
from bench.vitals import MIB, Vitals, rise, slope
from support.figures import Figure, Table

HOUR_S: Final = 3600.0
SLOPE_MIB_PER_HOUR: Final = 1.0
SPEED: Final = 8.0
"""At ten times a core of a desktop machine is busy, and the microphone falls behind."""


def warmed(vitals: Sequence[Vitals], after_s: float = HOUR_S) -> Sequence[Vitals]:
    """Return what comes after the first hour, or the last two thirds of a shorter run."""
    start_s = min(after_s, vitals[-1].t_s / 3)
    return [each for each in vitals if each.t_s >= start_s]


def memory_slope(found: Soak) -> float:
    """Return by how many MiB an hour the memory grows, once it is warm."""
    warm = warmed(found.vitals)
    return slope([(each.t_s / HOUR_S, each.resident_bytes / MIB) for each in warm])


def figures(found: Soak, slope_limit: float) -> Iterator[Figure]:
    """Judge a run."""
    last = found.vitals[-1]
    yield Figure("turns", found.turns, at_least=1)
    yield Figure("hours of its time", last.t_s / HOUR_S, "h")
    yield Figure("memory at the end", last.resident_bytes / MIB, "MiB")
    yield Figure("  its slope, once warm", memory_slope(found), "MiB/h", at_most=slope_limit)
    yield Figure("file descriptors more", rise([each.fds for each in found.vitals]), at_most=0)
    yield Figure("threads more", rise([each.threads for each in found.vitals]), at_most=0)
    yield Figure("tracebacks in the log", found.log.count("Traceback"), at_most=0)
    yield Figure("exit code of the daemon", found.code, at_most=0)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=2000)
    parser.add_argument("--speed", type=float, default=SPEED, help="times real time")
    parser.add_argument("--real-time", action="store_true", help="the same as --speed 1")
    return parser.parse_args()


def main() -> int:
    """Soak, and judge."""
    asked = arguments()
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        speed = 1.0 if asked.real_time else asked.speed
        found = asyncio.run(soak(asked.turns, speed, Path(folder)))
    for figure in figures(found, SLOPE_MIB_PER_HOUR):
        table.add(figure)
    return table.exit_code


if __name__ == "__main__":
    sys.exit(main())
