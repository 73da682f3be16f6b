"""What figures say about goals, and about one another."""

from __future__ import annotations

from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.performance.judging import (
    Difference,
    Verdict,
    differences,
    ratio,
    spread,
    verdict,
    verdicts,
)
from bench.performance.measure import Chapter, Compared, Measured, Statistic
from support.chapters import IDLE

positive = st.floats(0.001, 1e6)


def chapter(**ratios: float) -> Chapter:
    compared = (Compared(what, "ms", "peer", (to,), (1.0,)) for what, to in ratios.items())
    return Chapter("title", "script", "how", compared=tuple(compared))


def test_verdicts_are_of_all_figures_with_a_goal() -> None:
    assert [(each.what, each.kind, each.value, each.is_met) for each in verdicts(IDLE)] == [
        ("CPU", "ratio", 1.2, False),
        ("memory", "median", 70.0, True),
        ("delay", "p95", 20.0, False),
        ("found", "min", 5.0, True),
    ]


@given(value=positive, goal=positive)
@pytest.mark.parametrize("kind", ["median", "p95", "max"])
def test_most_is_met_up_to_the_goal(kind: Statistic, value: float, goal: float) -> None:
    judged = verdict(Measured("delay", "ms", (value,), goal=goal, judged=kind))
    assert judged is not None
    assert judged.is_met == (value <= goal) == (judged.spare >= 0)


@given(value=positive, goal=positive)
def test_least_is_met_from_the_goal_on(value: float, goal: float) -> None:
    judged = verdict(Measured("found", "words", (value,), goal=goal, judged="min"))
    assert judged is not None
    assert judged.is_met == (value >= goal) == (judged.spare >= 0)


@pytest.mark.parametrize(("value", "spare"), [(0.0, 0.0), (2.0, -inf), (-2.0, inf)])
def test_distance_from_a_goal_of_nothing_is_no_share_of_it(value: float, spare: float) -> None:
    assert Verdict("tracebacks", "max", value, 0.0).spare == spare


def test_distance_is_a_share_of_the_goal() -> None:
    assert Verdict("delay", "p95", 12.0, 15.0).spare == pytest.approx(0.2)
    assert Verdict("found", "min", 3.0, 4.0).spare == pytest.approx(-0.25)


def test_nothing_measured_meets_no_goal() -> None:
    judged = verdict(Measured("delay", "ms", (), goal=1.0))
    assert judged is not None
    assert isnan(judged.value)
    assert not judged.is_met


@pytest.mark.parametrize("values", [((), ()), ((1.0,), (0.0,))])
def test_ratio_is_told_only_where_there_is_one(
    values: tuple[tuple[float, ...], tuple[float, ...]],
) -> None:
    assert isnan(ratio(Compared("CPU", "ms", "peer", *values)))


def test_differences_are_of_ratios_of_the_same_name() -> None:
    found = {each.what: each for each in differences(chapter(a=1, b=2, c=3), chapter(b=2.2, a=1))}
    assert (found["a"].first, found["a"].second, found["a"].is_small) == (1, 1, True)
    assert found["b"].share == pytest.approx(0.1)
    assert not found["c"].is_small
    (new,) = differences(chapter(), chapter(d=1))
    assert not new.is_small


@given(first=positive, second=positive)
def test_difference_is_the_same_either_way(first: float, second: float) -> None:
    there, back = Difference("CPU", first, second), Difference("CPU", second, first)
    assert there.share == back.share >= 0
    assert there.is_small == (max(first, second) / min(first, second) - 1 <= 0.15)


@pytest.mark.parametrize("pair", [(0.0, 1.0), (nan, 1.0), (1.0, nan)])
def test_difference_from_nothing_is_not_small(pair: tuple[float, float]) -> None:
    assert not Difference("CPU", *pair).is_small


@given(st.lists(positive, min_size=1, max_size=200))
def test_spread_holds_nine_in_ten_of_many_and_all_of_few(values: list[float]) -> None:
    low, high = spread(values)
    within = sum(low <= value <= high for value in values)
    assert low in values
    assert high in values
    assert within == len(values) if len(values) < 20 else within >= 0.9 * len(values)


def test_spread_of_many_leaves_the_outermost_out() -> None:
    assert spread([float(value) for value in range(1, 101)]) == (5.0, 95.0)
