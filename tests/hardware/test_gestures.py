from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.button.gestures import GestureReader
from myna_hardware.interfaces import Gesture

HOLD_S = 1.0
DOUBLE_S = 0.4


def read(*edges: tuple[str, float]) -> list[tuple[float, Gesture]]:
    """Feed edges (`press`, `release`, `time`) and return (when, gesture)."""
    reader = GestureReader(HOLD_S, DOUBLE_S)
    take = {"press": reader.on_press, "release": reader.on_release, "time": reader.on_time}
    return [(at_s, gesture) for edge, at_s in edges if (gesture := take[edge](at_s)) is not None]


def test_press_is_reported_at_its_release() -> None:
    assert read(("press", 0.0), ("release", 0.1)) == [(0.1, Gesture.PRESS)]


def test_hold_is_reported_while_held_and_its_release_is_silent() -> None:
    assert read(("press", 0.0), ("time", 1.0), ("release", 3.0)) == [(1.0, Gesture.HOLD)]


def test_hold_is_reported_at_release_when_the_deadline_went_unnoticed() -> None:
    assert read(("press", 0.0), ("release", 1.5)) == [(1.5, Gesture.HOLD)]


def test_double_is_reported_as_the_second_press_goes_down() -> None:
    gestures = read(("press", 0.0), ("release", 0.1), ("press", 0.3), ("release", 0.4))
    assert gestures == [(0.1, Gesture.PRESS), (0.3, Gesture.DOUBLE)]


def test_double_held_long_is_no_hold() -> None:
    gestures = read(("press", 0), ("release", 0.1), ("press", 0.3), ("time", 2), ("release", 3))
    assert [gesture for _, gesture in gestures] == [Gesture.PRESS, Gesture.DOUBLE]


def test_second_press_is_a_press_when_it_comes_late() -> None:
    gestures = read(("press", 0.0), ("release", 0.1), ("press", 0.6), ("release", 0.7))
    assert [gesture for _, gesture in gestures] == [Gesture.PRESS, Gesture.PRESS]


def test_third_press_in_a_row_is_a_press() -> None:
    taps = [(edge, n * 0.2 + after) for n in range(3) for edge, after in TAP]
    assert [g for _, g in read(*taps)] == [Gesture.PRESS, Gesture.DOUBLE, Gesture.PRESS]


def test_press_after_a_hold_is_a_press() -> None:
    gestures = read(("press", 0), ("release", 1.5), ("press", 1.6), ("release", 1.7))
    assert [gesture for _, gesture in gestures] == [Gesture.HOLD, Gesture.PRESS]


def test_repeated_edges_say_nothing_new() -> None:
    gestures = read(
        ("release", 0.0), ("press", 1.0), ("press", 1.1), ("release", 1.2), ("release", 1.3)
    )
    assert gestures == [(1.2, Gesture.PRESS)]


@pytest.mark.parametrize("at_s", [0.5, 5.0])
def test_time_says_nothing_while_up(at_s: float) -> None:
    assert read(("time", at_s)) == []


def test_time_says_nothing_before_the_deadline() -> None:
    assert read(("press", 0.0), ("time", 0.9), ("release", 0.95)) == [(0.95, Gesture.PRESS)]


def test_deadline_exists_only_while_a_press_is_undecided() -> None:
    reader = GestureReader(HOLD_S, DOUBLE_S)
    deadlines = [reader.deadline_s]
    for take, at_s in ((reader.on_press, 5.0), (reader.on_time, 6.0), (reader.on_release, 7.0)):
        take(at_s)
        deadlines.append(reader.deadline_s)
    assert deadlines == [None, 6.0, None, None]


TAP = (("press", 0.0), ("release", 0.1))

presses = st.lists(st.tuples(st.floats(0.01, 2), st.floats(0.01, 2)), max_size=12)
"""Pairs of (pause before, length) of clean presses."""


def timeline(gaps: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return (pressed, released) of each press."""
    now_s, spans = 0.0, []
    for pause_s, length_s in gaps:
        pressed_s = now_s + pause_s
        now_s = pressed_s + length_s
        spans.append((pressed_s, now_s))
    return spans


def expected(spans: list[tuple[float, float]]) -> list[Gesture]:
    """Say what the presses mean, from the description alone."""
    gestures: list[Gesture] = []
    press_ended_s: float | None = None
    for pressed_s, released_s in spans:
        if press_ended_s is not None and pressed_s - press_ended_s <= DOUBLE_S:
            gestures.append(Gesture.DOUBLE)
            press_ended_s = None
        elif released_s >= pressed_s + HOLD_S:
            gestures.append(Gesture.HOLD)
            press_ended_s = None
        else:
            gestures.append(Gesture.PRESS)
            press_ended_s = released_s
    return gestures


@given(presses, st.lists(st.floats(0, 50), max_size=10))
def test_meaning_depends_on_the_edges_alone(
    gaps: list[tuple[float, float]], ticks: list[float]
) -> None:
    spans = timeline(gaps)
    edges = [
        edge
        for pressed_s, released_s in spans
        for edge in (("press", pressed_s), ("release", released_s))
    ]
    edges = sorted([*edges, *(("time", tick) for tick in ticks)], key=lambda edge: edge[1])
    assert [gesture for _, gesture in read(*edges)] == expected(spans)


edges = st.lists(
    st.tuples(st.sampled_from(["press", "release", "time"]), st.floats(0, 100)), max_size=40
)


@given(edges)
def test_no_edges_bring_a_double_without_a_press_before_it(
    sequence: list[tuple[str, float]],
) -> None:
    gestures = read(*sorted(sequence, key=lambda edge: edge[1]))
    times = [at_s for at_s, _ in gestures]
    assert times == sorted(times)
    assert not gestures or gestures[0][1] is not Gesture.DOUBLE
    for (first_s, first), (second_s, second) in pairwise(gestures):
        if second is Gesture.DOUBLE:
            assert first is Gesture.PRESS
            assert second_s - first_s <= DOUBLE_S
