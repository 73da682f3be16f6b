"""What a chapter of the page holds, and how a chapter is run alone.

Every figure is a list of rounds, never one number: medians and spreads come from these. What
is compared is measured in pairs, one round of each after the other, so that whatever the
machine does meanwhile meets both.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from math import ceil
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

Statistic: TypeAlias = Literal["median", "p95", "max", "min"]


class Scale(Struct, frozen=True):
    """How thorough to be.

    Attributes:
        is_quick: Whether a glance is enough: a tenth of the rounds, for those who write one.
    """

    is_quick: bool = False

    def rounds(self, many: int) -> int:
        """Return how many rounds to run where `many` are thorough."""
        return max(2, many // 10) if self.is_quick else many


class Measured(Struct, frozen=True):
    """A figure of ours.

    Attributes:
        what: In a few words, as a row of a table begins.
        unit: Of the values: "ms", "MiB", "% of a core".
        values: One for each round.
        goal: What `judged` must not exceed (for "min": stay above); None where there is none.
        judged: Which statistic is held against the goal.
    """

    what: str
    unit: str
    values: tuple[float, ...]
    goal: float | None = None
    judged: Statistic = "median"


class Compared(Struct, frozen=True):
    """A figure of ours beside one of a peer, in pairs.

    Attributes:
        what: In a few words.
        unit: Of the values.
        peer: Whose the other is: "google-genai 3.4".
        ours: One for each round.
        theirs: One for each round; the n-th was measured beside our n-th.
        goal: The largest ratio of medians, ours to theirs, that is good enough.
    """

    what: str
    unit: str
    peer: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    goal: float | None = None

    @property
    def ratio(self) -> float:
        """Ours to theirs: the median of the pairs."""
        return statistics.median(a / b for a, b in zip(self.ours, self.theirs, strict=True))


class Curve(Struct, frozen=True):
    """Cost against load.

    Attributes:
        what: The title of the plot.
        load: What grows, with its unit.
        cost: What it costs, with its unit.
        points: (load, cost), by the name of the line.
        is_log: Whether the load is drawn on a logarithmic axis.
    """

    what: str
    load: str
    cost: str
    points: dict[str, tuple[tuple[float, float], ...]]
    is_log: bool = False


class Stack(Struct, frozen=True):
    """What a whole is made of.

    Attributes:
        what: The title of the plot.
        unit: Of the values.
        bars: The values of each part, in the order of the parts, by the name of the whole.
    """

    what: str
    unit: str
    bars: dict[str, dict[str, tuple[float, ...]]]


class Chapter(Struct, frozen=True):
    """What one script measures.

    Attributes:
        title: Of the chapter.
        script: That made it, as it is called: "python -m bench.performance.idle".
        how: How it is measured, in a few sentences of Markdown.
        compared: Against peers.
        measured: Of ours.
        distributions: Values to draw as a distribution, by name: one plot.
        unit: Of the distributions.
        curves: A plot each.
        stacks: A plot each, of medians and 95th percentiles.
        remarks: What the figures mean, and where a goal is missed the profile that says why.
    """

    title: str
    script: str
    how: str
    compared: tuple[Compared, ...] = ()
    measured: tuple[Measured, ...] = ()
    distributions: dict[str, tuple[float, ...]] = {}
    unit: str = ""
    curves: tuple[Curve, ...] = ()
    stacks: tuple[Stack, ...] = ()
    remarks: tuple[str, ...] = ()


Measure: TypeAlias = Callable[[Scale], Chapter]


def statistic(values: Sequence[float], kind: Statistic) -> float:
    """Return a statistic of `values`, which must hold some; percentiles by nearest rank."""
    match kind:
        case "median":
            return statistics.median(values)
        case "p95":
            return sorted(values)[ceil(0.95 * len(values)) - 1]
        case "max":
            return max(values)
        case "min":
            return min(values)


def run_alone(measure: Measure) -> None:
    """Be the `__main__` of a chapter: measure, and print JSON (or write it to `--output`)."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a tenth of the rounds")
    parser.add_argument("--output", type=Path, help="write it there")
    arguments = parser.parse_args()
    chapter = measure(Scale(is_quick=arguments.quick))
    content = msgspec.json.format(msgspec.json.encode(chapter), indent=1)
    if arguments.output is None:
        sys.stdout.buffer.write(content + b"\n")
    else:
        arguments.output.write_bytes(content)
