"""How long a daemon takes to be gone, told at random moments of every state.

    PYTHONPATH=tests python tests/bench/bench_sigterm.py --rounds 20

Prints a line for each state: the slowest end, and whatever else was not as it should be.
"""

# ruff: noqa: T201 - a bench talks to its user

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path
from typing import Final

from support.last_moments import MOMENTS, Ended, ended_in

LIMIT_S: Final = 2.0


def faults(ended: Ended, moment: str) -> list[str]:
    """Return what is not as it should be."""
    found = list(ended.spoiled)
    if ended.seconds >= LIMIT_S:
        found.append(f"{ended.seconds:.2f} s")
    if "left behind" in ended.err and not MOMENTS[moment].hangs:
        found.append("something hung")
    if ended.lights not in ({None, "dark closed"} if moment == "starting" else {"dark closed"}):
        found.append(f"lights: {ended.lights}")
    return found


async def measure(moment: str, rounds: int, chance: random.Random) -> bool:
    """Print the line of one state; return whether all was well."""
    seconds, found = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            ended = await ended_in(moment, Path(folder), chance)
        seconds.append(ended.seconds)
        found += faults(ended, moment)
    print(
        f"{moment:<32} slowest {max(seconds):.2f} s   {'; '.join(found) or 'all well'}", flush=True
    )
    return not found


async def main(rounds: int, seed: int) -> int:
    """Measure all states."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    results = [await measure(moment, rounds, chance) for moment in MOMENTS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    sys.exit(asyncio.run(main(arguments.rounds, arguments.seed)))
