from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.button.gestures import COUNTDOWN_S, COUNTING_S, GestureReader
from myna_hardware.interfaces import Gesture
from support.gestures import PRESS_GRAMMAR, TALK_GRAMMAR, spell

HOLD_S = 1.0
DOUBLE_S = 0.4


SHUTDOWN_S = COUNTDOWN_S + COUNTING_S

Edge = tuple[str, float]


def reader_for(*, is_for_talk: bool = False) -> GestureReader:
    return GestureReader(HOLD_S, DOUBLE_S, shuts_down=True, is_for_talk=is_for_talk)


def read(*edges: Edge, reader: GestureReader | None = None) -> list[tuple[float, Gesture]]:
    """Feed edges (`press`, `release`, `time`, `give up`) and return (when, gesture)."""
    reader = reader or reader_for()
    take = {
        "press": reader.on_press,
        "release": reader.on_release,
        "time": reader.on_time,
        "give up": reader.give_up,
    }
    return [(at_s, gesture) for edge, at_s in edges for gesture in take[edge](at_s)]


def gestures_of(*edges: Edge, reader: GestureReader | None = None) -> list[Gesture]:
    return [gesture for _, gesture in read(*edges, reader=reader)]


def test_press_is_reported_at_its_release() -> None:
    assert read(("press", 0.0), ("release", 0.1)) == [(0.1, Gesture.PRESS)]


def test_hold_is_reported_while_held_and_its_release_is_silent() -> None:
    assert read(("press", 0.0), ("time", 1.0), ("release", 2.5)) == [(1.0, Gesture.HOLD)]


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
    assert [gesture for _, gesture in read(*taps)] == [Gesture.PRESS, Gesture.DOUBLE, Gesture.PRESS]


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


def test_hold_that_goes_on_counts_down_and_shuts_down() -> None:
    ticks = [("time", HOLD_S), ("time", COUNTDOWN_S), ("time", SHUTDOWN_S)]
    assert read(("press", 0.0), *ticks, ("release", 12.0)) == [
        (HOLD_S, Gesture.HOLD),
        (COUNTDOWN_S, Gesture.COUNTDOWN),
        (SHUTDOWN_S, Gesture.SHUTDOWN),
    ]


def test_countdown_is_cancelled_by_letting_go() -> None:
    assert read(("press", 0.0), ("release", 9.9), ("press", 10.0), ("release", 10.1)) == [
        (9.9, Gesture.HOLD),
        (9.9, Gesture.COUNTDOWN),
        (9.9, Gesture.CANCEL),
        (10.1, Gesture.PRESS),
    ]


def test_hold_says_no_more_when_it_does_not_shut_down() -> None:
    reader = GestureReader(HOLD_S, DOUBLE_S)
    assert gestures_of(("press", 0), ("time", 20), ("release", 30), reader=reader) == [Gesture.HOLD]


def test_countdown_leaves_a_late_hold_alone_for_a_while() -> None:
    reader = GestureReader(5.0, DOUBLE_S, shuts_down=True)
    reader.on_press(0.0)
    deadlines = []
    while (deadline_s := reader.deadline_s) is not None:
        deadlines.append((deadline_s, *reader.on_time(deadline_s)))
    assert deadlines == [
        (5.0, Gesture.HOLD),
        (7.0, Gesture.COUNTDOWN),
        (14.0, Gesture.SHUTDOWN),
    ]


def test_button_for_talk_says_when_it_goes_down_and_up_and_nothing_else() -> None:
    edges = [("press", 0.0), ("time", 5.0), ("release", 60.0), ("press", 60.1), ("release", 60.2)]
    assert read(*edges, reader=reader_for(is_for_talk=True)) == [
        (0.0, Gesture.TALK),
        (60.0, Gesture.OVER),
        (60.1, Gesture.TALK),
        (60.2, Gesture.OVER),
    ]


@pytest.mark.parametrize(
    ("edges", "gestures"),
    [
        ([("press", 0.0), ("give up", 0.5), ("release", 0.6)], []),
        ([("press", 0.0), ("give up", 2.0), ("time", 20.0)], [Gesture.HOLD]),
        (
            [("press", 0.0), ("give up", 4.0), ("release", 20.0)],
            [Gesture.HOLD, Gesture.COUNTDOWN, Gesture.CANCEL],
        ),
        ([("give up", 0.0), ("press", 1.0), ("release", 1.1)], [Gesture.PRESS]),
    ],
)
def test_giving_up_ends_a_press_with_what_is_owed(
    edges: list[Edge], gestures: list[Gesture]
) -> None:
    assert gestures_of(*edges) == gestures


def test_giving_up_ends_talking_and_waits_for_the_release() -> None:
    edges = [("press", 0.0), ("give up", 60.0), ("press", 61.0), ("release", 70.0), ("press", 71.0)]
    assert read(*edges, reader=reader_for(is_for_talk=True)) == [
        (0.0, Gesture.TALK),
        (60.0, Gesture.OVER),
        (71.0, Gesture.TALK),
    ]


def test_deadline_exists_only_while_time_has_something_to_say() -> None:
    reader = reader_for()
    deadlines = [reader.deadline_s]
    for take, at_s in (
        (reader.on_press, 5.0),
        (reader.on_time, 6.0),
        (reader.on_time, 8.0),
        (reader.on_release, 9.0),
    ):
        take(at_s)
        deadlines.append(reader.deadline_s)
    assert deadlines == [None, 6.0, 8.0, 15.0, None]


TAP = (("press", 0.0), ("release", 0.1))

presses = st.lists(st.tuples(st.floats(0.01, 2), st.floats(0.01, 12)), max_size=12)
"""Pairs of (pause before, length) of clean presses."""


def timeline(gaps: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return (pressed, released) of each press."""
    now_s, spans = 0.0, []
    for pause_s, length_s in gaps:
        pressed_s = now_s + pause_s
        now_s = pressed_s + length_s
        spans.append((pressed_s, now_s))
    return spans


def meaning(pressed_s: float, released_s: float) -> list[Gesture]:
    """Say what one press means that is no DOUBLE, from the description alone."""
    if released_s < pressed_s + HOLD_S:
        return [Gesture.PRESS]
    if released_s < pressed_s + COUNTDOWN_S:
        return [Gesture.HOLD]
    end = Gesture.CANCEL if released_s < pressed_s + COUNTDOWN_S + COUNTING_S else Gesture.SHUTDOWN
    return [Gesture.HOLD, Gesture.COUNTDOWN, end]


def expected(spans: list[tuple[float, float]]) -> list[Gesture]:
    """Say what the presses mean, from the description alone."""
    gestures: list[Gesture] = []
    press_ended_s: float | None = None
    for pressed_s, released_s in spans:
        if press_ended_s is not None and pressed_s - press_ended_s <= DOUBLE_S:
            gestures.append(Gesture.DOUBLE)
            press_ended_s = None
        else:
            gestures += meaning(pressed_s, released_s)
            press_ended_s = released_s if gestures[-1] is Gesture.PRESS else None
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
    assert gestures_of(*edges) == expected(spans)


trains = st.lists(
    st.tuples(st.sampled_from(["press", "release", "time", "give up"]), st.floats(0, 100)),
    max_size=40,
).map(lambda train: sorted(train, key=lambda edge: edge[1]))


@given(trains, st.booleans())
def test_random_edges_give_only_legal_gestures(train: list[Edge], shuts_down: bool) -> None:
    reader = GestureReader(HOLD_S, DOUBLE_S, shuts_down=shuts_down)
    gestures = read(*train, reader=reader)
    assert PRESS_GRAMMAR.fullmatch(spell([gesture for _, gesture in gestures]))
    assert shuts_down or Gesture.COUNTDOWN not in [gesture for _, gesture in gestures]
    for (first_s, _), (second_s, second) in pairwise(gestures):
        assert second is not Gesture.DOUBLE or second_s - first_s <= DOUBLE_S


@given(trains)
def test_random_edges_give_talk_and_over_in_turn(train: list[Edge]) -> None:
    gestures = gestures_of(*train, reader=reader_for(is_for_talk=True))
    assert TALK_GRAMMAR.fullmatch(spell(gestures))
