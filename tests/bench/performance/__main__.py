"""Measure everything, and write docs/performance.md with its plots.

    python -m bench.performance [--only NAME ...] [--quick] [--twice]

Each chapter runs in a process of its own; what it measured is kept in `.bench/`, so that a
later `--only` needs to run no other to write the whole page. A glance (`--quick`) keeps and
writes all in `.bench/quick/`, and leaves docs/ alone.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence

from bench.performance import plots, wording
from bench.performance.judging import Difference, differences, verdicts
from bench.performance.machine import describe
from bench.performance.record import Result
from bench.performance.run import CHAPTERS, CHECKOUT, HERE, Run, say


def tell_goals(results: Sequence[Result]) -> None:
    """Name the goals that are missed."""
    judged = [each for result in results for each in verdicts(result.chapter)]
    missed = [each for each in judged if not each.is_met]
    say(f"{len(judged) - len(missed)} of {len(judged)} goals are met")
    for each in missed:
        value, limit = wording.judged(each), wording.limit(each)
        say(f"  missed: {each.what}: {value}, {limit} ({wording.distance(each)})")


def tell_differences(results: Sequence[Result]) -> bool:
    """Lay the ratios of two runs side by side; return whether they agree."""
    found: list[Difference] = []
    for result in results:
        if result.again is not None:
            found += differences(result.chapter, result.again)
    for each in found:
        numbers = f"{wording.number(each.first):>8} {wording.number(each.second):>8}"
        say(f"  {each.what:60} {numbers}   {wording.difference(each)}")
    return all(each.is_small for each in found)


def chosen(names: Sequence[str]) -> list[str]:
    """Return the chapters to run, in order, without those that are not there."""
    wanted = [name for name in CHAPTERS if not names or name in names]
    there = [name for name in wanted if (HERE / f"{name}.py").exists()]
    for name in wanted:
        if name not in there:
            say(f"{name:16}left out: there is no {name}.py")
    return there


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.performance", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=CHAPTERS, default=[], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rounds")
    parser.add_argument("--twice", action="store_true", help="and once more: do ratios agree?")
    words = parser.parse_args()
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda number, _: sys.exit(128 + number))
    names, run = chosen(words.only), Run(words.quick, describe(CHECKOUT))
    if run.machine.is_busy:
        say(f"this machine is busy (load {run.machine.load:.1f}): figures will be noisy")
    if not plots.can_draw():
        say("plots are left out: matplotlib comes with ./install.sh --bench")
    run.measure(names)
    if words.twice:
        run.repeat(names)
    run.publish()
    results = [result for result in run.results() if result.name in names]
    tell_goals(results)
    agree = not words.twice or tell_differences(results)
    return 0 if agree and not run.failed else 1


if __name__ == "__main__":
    sys.exit(main())
