"""Kill a daemon with timers hundreds of times, and account for every ring.

    PYTHONPATH=tests .venv/bin/python tests/bench/kill_timers.py --rounds 200 --seed 1

Of all that were set, how
many were lost, rang twice, or rang more than a second away from their time; and how
late the others rang. Exits with 1 if any did.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from support.timer_kills import Account, killed

HOUSEHOLD = 20
"""Kills for one database; then another one begins, so that a seed is soon repeated."""


def main(words: Sequence[str]) -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="how many kills")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(words)
    problems: list[str] = []
    lates_ms: list[int] = []
    count = 0
    for number in range(-(-options.rounds // HOUSEHOLD)):
        rounds = min(HOUSEHOLD, options.rounds - number * HOUSEHOLD)
        with tempfile.TemporaryDirectory() as folder:
            account = asyncio.run(killed(Path(folder), rounds, options.seed + number))
        found = account.judge()
        problems += [f"seed {options.seed + number}: {problem}" for problem in found]
        lates_ms += _lates_ms(account)
        count += sum(asked.is_sure for asked in account.asked)
        _say(f"{number * HOUSEHOLD + rounds} kills: {count} set, {len(problems)} wrong")
    lates_ms.sort()
    _say(f"late: median {lates_ms[len(lates_ms) // 2]} ms, at worst {lates_ms[-1]} ms")
    _say("\n".join(problems) or "none lost, none twice, each within 1 s of its time")
    return 1 if problems else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _lates_ms(account: Account) -> list[int]:
    """Return how late they rang, of those that were due while the daemon ran."""
    lines = [
        (life[0]["ready"], line)
        for life in account.lives
        for line in life
        if line["event"] == "timer_rang"
    ]
    return [line["late_ms"] for ready, line in lines if line["t"] - line["late_ms"] / 1000 > ready]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
