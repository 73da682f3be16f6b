from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.contact.reader import (
    CLOSED_LOOK_S,
    HEARING_S,
    POLL_S,
    QUIET_S,
    SETTLE_S,
    ContactEvent,
    ContactReader,
    FlutterBegan,
    FlutterEnded,
    Settled,
)


class Wire:
    """A contact with the reader that follows it; edges and looks can be left out."""

    def __init__(self, *, is_closed: bool = False, hears_edges: bool = True) -> None:
        self.is_closed = is_closed
        self.now_s = 0.0
        self.looks = 0
        self.reader = ContactReader(0.0, is_closed=is_closed, hears_edges=hears_edges)
        self.events: list[ContactEvent] = []

    @property
    def settled(self) -> list[tuple[bool, float]]:
        """Every settled level, and when, in milliseconds."""
        return [
            (event.is_closed, round(event.at_s * 1000))
            for event in self.events
            if isinstance(event, Settled)
        ]

    def wait(self, seconds: float) -> None:
        """Let time pass, with a look whenever one is due."""
        end_s = self.now_s + seconds
        while (due_s := self.reader.deadline_s) is not None and due_s <= end_s:
            self.now_s = max(self.now_s, due_s)
            self.look()
        self.now_s = end_s

    def look(self) -> None:
        self.looks += 1
        self.events += self.reader.on_look(self.now_s, is_closed=self.is_closed)

    def change(self, *, is_heard: bool = True) -> None:
        """Close the contact if it is open, open it if it is closed."""
        self.is_closed = not self.is_closed
        if is_heard:
            self.events += self.reader.on_edge(self.now_s, is_closed=self.is_closed)

    def bounce(self, *gaps_s: float) -> None:
        """Change, and change again after each gap."""
        self.change()
        for gap_s in gaps_s:
            self.wait(gap_s)
            self.change()


def test_contact_that_closes_is_told_when_it_has_held() -> None:
    wire = Wire()
    wire.wait(1.0)
    wire.change()
    wire.wait(0.5)
    wire.change()
    wire.wait(1.0)
    assert wire.settled == [(True, 1020), (False, 1520)]


def test_contact_that_bounces_settles_once() -> None:
    wire = Wire()
    wire.bounce(0.001, 0.008, 0.003, 0.008)
    wire.wait(1.0)
    assert wire.settled == [(True, 40)]


def test_open_contact_is_left_alone() -> None:
    wire = Wire()
    wire.change()
    wire.wait(0.2)
    wire.change()
    wire.wait(0.1)
    looks = wire.looks
    wire.wait(3600)
    assert wire.reader.deadline_s is None
    assert wire.looks == looks


def test_closed_contact_is_looked_at_less_often_as_time_goes_by() -> None:
    wire = Wire()
    wire.wait(1000)
    wire.change()
    pauses_s = []
    for seconds in (10, 20, 3600):
        wire.wait(seconds)
        assert wire.reader.deadline_s is not None
        pauses_s.append(wire.reader.deadline_s - wire.now_s)
    assert 0 < pauses_s[0] <= CLOSED_LOOK_S
    assert CLOSED_LOOK_S < pauses_s[1] <= 0.31
    assert 0.31 < pauses_s[2] <= 5.0


def test_switch_that_may_stay_closed_is_left_alone() -> None:
    reader = ContactReader(0.0, is_closed=True, is_watched=False)
    assert reader.deadline_s is None


def test_last_edge_lost_in_a_bounce_leaves_the_true_level() -> None:
    wire = Wire()
    wire.wait(10)
    wire.bounce(0.002, 0.002)
    wire.change(is_heard=False)
    wire.wait(1.0)
    assert wire.settled == []
    assert not wire.reader.is_closed
    assert not wire.reader.is_polled


def test_lost_release_is_found_and_the_contact_polled_from_then_on() -> None:
    wire = Wire()
    wire.change()
    wire.wait(1.0)
    wire.change(is_heard=False)
    wire.wait(1.0)
    assert [is_closed for is_closed, _ in wire.settled] == [True, False]
    assert wire.settled[1][1] <= 1000 + 1000 * (CLOSED_LOOK_S + SETTLE_S) + 1
    assert wire.reader.is_polled
    for _ in range(2):
        wire.change(is_heard=False)
        wire.wait(0.1)
    assert [is_closed for is_closed, _ in wire.settled] == [True, False, True, False]


def test_edge_that_comes_after_the_look_is_not_lost() -> None:
    wire = Wire()
    wire.change()
    wire.wait(1.0)
    wire.is_closed = False
    wire.look()
    wire.wait(HEARING_S * 0.9)
    wire.events += wire.reader.on_edge(wire.now_s, is_closed=False)
    wire.wait(10)
    assert not wire.reader.is_polled


def test_contact_without_edges_is_polled() -> None:
    wire = Wire(hears_edges=False)
    wire.wait(10)
    for _ in range(2):
        wire.change(is_heard=False)
        wire.wait(0.08)
    assert [is_closed for is_closed, _ in wire.settled] == [True, False]
    looks = wire.looks
    wire.wait(1.0)
    assert wire.looks - looks == pytest.approx(1 / POLL_S, abs=1)


def test_level_that_a_late_look_finds_changed_has_held_before() -> None:
    wire = Wire()
    wire.change()
    wire.now_s = 0.5
    wire.is_closed = False
    wire.look()
    assert wire.settled == [(True, 20)]


def test_edge_that_seems_older_than_another_comes_after_it() -> None:
    wire = Wire()
    wire.wait(1.0)
    wire.change()
    wire.wait(0.025)
    wire.now_s = 0.9
    wire.change()
    wire.wait(1.0)
    assert wire.settled == [(True, 1020), (False, 1040)]


def hum(wire: Wire, seconds: float) -> None:
    """Let the contact pick up the mains, with edges for as long as they are wanted."""
    for _ in range(2 * round(seconds * 50)):
        wire.change(is_heard=wire.reader.wants_edges)
        wire.wait(0.01)


@pytest.mark.parametrize("is_closed", [False, True])
def test_contact_that_flutters_settles_only_when_it_is_quiet(is_closed: bool) -> None:
    wire = Wire()
    hum(wire, 5)
    (began,) = wire.events
    assert began == FlutterBegan(100, began.at_s)
    assert began.at_s < 0.5
    if is_closed:
        wire.change(is_heard=False)
    quiet_s = wire.now_s
    has_wanted_edges = wire.reader.wants_edges
    wire.wait(QUIET_S * 2)
    ended = wire.events[-1]
    assert isinstance(ended, FlutterEnded)
    assert quiet_s + 0.9 * QUIET_S <= ended.at_s <= quiet_s + 1.1 * QUIET_S
    assert [level for level, _ in wire.settled] == [True] * is_closed
    assert (has_wanted_edges, wire.reader.wants_edges) == (False, True)
    assert not wire.reader.is_polled


def test_polled_contact_that_flutters_is_told_of() -> None:
    wire = Wire(hears_edges=False)
    for _ in range(100):
        wire.change(is_heard=False)
        wire.wait(0.021)
    assert isinstance(wire.events[-1], FlutterBegan)
    assert wire.settled == [] or len(wire.settled) <= 12


def test_many_changes_must_hold_for_longer() -> None:
    wire = Wire()
    for _ in range(100):
        wire.change()
        wire.wait(1 / 17)
    assert len(wire.settled) <= 13
    wire.wait(1.0)
    assert wire.reader.is_closed == wire.is_closed


gaps = st.lists(st.tuples(st.floats(0.0005, 0.4), st.booleans()), min_size=1, max_size=60)
"""Pauses before changes of a contact, and whether the change is reported."""


@given(gaps, st.booleans())
def test_whatever_happens_the_true_level_is_known_in_the_end(
    changes: list[tuple[float, bool]], hears_edges: bool
) -> None:
    wire = Wire(hears_edges=hears_edges)
    for gap_s, is_heard in changes:
        wire.wait(gap_s)
        wire.change(is_heard=is_heard and hears_edges and wire.reader.wants_edges)
    if not wire.reader.is_closed and not wire.reader.is_polled:
        wire.change()
    wire.wait(20)
    assert wire.reader.is_closed == wire.is_closed
    levels = [level for level, _ in wire.settled]
    assert levels == [bool(n % 2 == 0) for n in range(len(levels))]


@given(gaps, st.lists(st.floats(0, 30), max_size=20))
def test_looks_that_find_nothing_change_nothing(
    changes: list[tuple[float, bool]], looks_s: list[float]
) -> None:
    plain, watched = Wire(), Wire()
    now_s, pending = 0.0, sorted(looks_s)
    for gap_s, _ in changes:
        now_s += gap_s
        while pending and pending[0] < now_s:
            watched.wait(max(0.0, pending.pop(0) - watched.now_s))
            watched.look()
        for wire in (plain, watched):
            wire.wait(max(0.0, now_s - wire.now_s))
            if wire.reader.wants_edges:
                wire.change()
    for wire in (plain, watched):
        wire.wait(20)
    assert plain.settled == watched.settled
