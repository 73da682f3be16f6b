from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.contact.flutter import FlutterJudge


def judge(edges_s: Iterable[float]) -> tuple[FlutterJudge, list[float]]:
    """Feed edges and return when it was flutter."""
    judge = FlutterJudge()
    found: list[float] = []
    for at_s in edges_s:
        judge.on_edge(at_s)
        if judge.per_second is not None:
            found.append(at_s)
    return judge, found


def steady(per_second: float, seconds: float) -> list[float]:
    return [n / per_second for n in range(round(per_second * seconds) + 1)]


@pytest.mark.parametrize("per_second", [30, 100, 120, 1000, 20_000])
def test_edges_without_end_are_flutter_soon(per_second: int) -> None:
    seen, found = judge(steady(per_second, 1.0))
    assert found
    assert found[0] < 0.9
    assert seen.per_second is not None
    assert abs(seen.per_second - per_second) <= 0.05 * per_second


@pytest.mark.parametrize("period_s", [0.02, 0.025])
def test_rate_counts_every_edge(period_s: float) -> None:
    pairs = [n * period_s + after_s for n in range(50) for after_s in (0.0, 0.001)]
    seen, found = judge(pairs)
    assert found
    assert seen.per_second == pytest.approx(2 / period_s, abs=5)


def test_ten_presses_a_second_are_a_hand() -> None:
    assert judge(steady(20, 10))[1] == []


def test_slow_edges_are_forgotten() -> None:
    seen, found = judge([*steady(23, 1.0), 5.0])
    assert found == []
    assert not seen.is_suspicious


@pytest.mark.parametrize(("per_second", "is_suspicious"), [(8, False), (16, True)])
def test_more_changes_than_anyone_wants_are_suspicious(
    per_second: int, is_suspicious: bool
) -> None:
    seen, found = judge(steady(per_second, 2.0))
    assert seen.is_suspicious is is_suspicious
    assert found == []


bouncing = st.lists(st.floats(0.0, 0.0079), max_size=10)
"""Pauses between the edges of one bouncing change, after its first."""


@given(st.lists(st.tuples(st.floats(0.1, 2.0), bouncing), max_size=40))
def test_hand_on_a_bouncing_contact_is_no_flutter(
    changes: list[tuple[float, list[float]]],
) -> None:
    now_s, edges_s = 0.0, []
    for pause_s, bounces in changes:
        for gap_s in (pause_s, *bounces):
            now_s += gap_s
            edges_s.append(now_s)
    assert judge(edges_s)[1] == []
