"""PURE: what the figures say about the goals, and about one another."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from math import ceil, inf, nan
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from bench.performance.measure import Chapter, Compared, Measured, Statistic, statistic

Kind: TypeAlias = Statistic | Literal["ratio"]

ALLOWED_DIFFERENCE: Final = 0.15
"""Between the ratios of two runs (issue 8, "Proof")."""


class Verdict(Struct, frozen=True):
    """A goal, and how far from it we are.

    Attributes:
        what: The figure's name.
        kind: What is judged.
        value: What it is; nan when it could not be told.
        goal: The limit: the least for "min", else the most.
        unit: Of both; none for a ratio.
    """

    what: str
    kind: Kind
    value: float
    goal: float
    unit: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the value is as good as the goal, or better; nan never is."""
        return self.value >= self.goal if self.kind == "min" else self.value <= self.goal

    @property
    def spare(self) -> float:
        """How much better than the goal, as a share of it; negative when it is missed."""
        better = self.value - self.goal if self.kind == "min" else self.goal - self.value
        if better == 0:
            return 0.0
        return better / abs(self.goal) if self.goal else better * inf


class Difference(Struct, frozen=True):
    """A ratio in two runs."""

    what: str
    first: float
    second: float

    @property
    def share(self) -> float:
        """By how much the larger exceeds the smaller; nan when one could not be told."""
        low, high = sorted((self.first, self.second))
        return high / low - 1 if low > 0 else nan

    @property
    def is_small(self) -> bool:
        """Whether the two runs agree."""
        return self.share <= ALLOWED_DIFFERENCE


def ratio(compared: Compared) -> float:
    """Return ours to theirs, or nan where there is none: nothing measured, or theirs is 0."""
    try:
        return compared.ratio
    except (ZeroDivisionError, statistics.StatisticsError):
        return nan


def verdict(figure: Compared | Measured) -> Verdict | None:
    """Judge a figure; None where it has no goal."""
    if figure.goal is None:
        return None
    if isinstance(figure, Compared):
        return Verdict(figure.what, "ratio", ratio(figure), figure.goal)
    value = statistic(figure.values, figure.judged) if figure.values else nan
    return Verdict(figure.what, figure.judged, value, figure.goal, figure.unit)


def verdicts(chapter: Chapter) -> list[Verdict]:
    """Judge every figure of a chapter that has a goal."""
    figures: tuple[Compared | Measured, ...] = (*chapter.compared, *chapter.measured)
    return [each for each in map(verdict, figures) if each is not None]


def differences(first: Chapter, second: Chapter) -> Iterator[Difference]:
    """Lay the ratios of two runs side by side; what stands in one alone is nan in the other."""
    then = {each.what: ratio(each) for each in second.compared}
    for each in first.compared:
        yield Difference(each.what, ratio(each), then.pop(each.what, nan))
    for what, value in then.items():
        yield Difference(what, nan, value)


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Return the 5th and the 95th percentile; of fewer than 20 these are the outermost values."""
    ordered = sorted(values)
    return ordered[ceil(0.05 * len(ordered)) - 1], statistic(ordered, "p95")
