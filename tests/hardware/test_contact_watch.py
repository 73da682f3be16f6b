from __future__ import annotations

from myna_hardware.contact.watch import ContactWatch
from myna_hardware.gpio import EdgeListener
from myna_hardware.timers import ManualClock


class Pin:
    """A contact that reports what it is told to, also when nobody should listen any more."""

    is_closed = False

    def __init__(self) -> None:
        self.listeners: list[EdgeListener | None] = []

    def listen(self, listener: EdgeListener | None) -> bool:
        self.listeners.append(listener)
        return True

    def close(self) -> None:
        pass

    def edge(self, age_s: float = 0.0) -> None:
        listener = self.listeners[0]
        assert listener is not None
        listener(age_s, is_closed=True)


class Diary:
    """A reader that reports what it takes, and wants a look a second after each."""

    def __init__(self, now_s: float) -> None:
        self.deadline_s: float | None = now_s + 1
        self.wants_edges = True

    def on_edge(self, now_s: float, *, is_closed: bool) -> list[tuple[str, float]]:
        self.deadline_s = now_s + 1
        return [("edge" if is_closed else "other edge", now_s)]

    def on_look(self, now_s: float, *, is_closed: bool) -> list[tuple[str, float]]:
        self.deadline_s = None
        return [("other look" if is_closed else "look", now_s)]


class Desk:
    """A watch with all that belongs to it."""

    def __init__(self) -> None:
        self.pin, self.clock = Pin(), ManualClock()
        self.entries: list[tuple[str, float]] = []
        self.clock.advance(10)
        self.watch = ContactWatch(self.pin, self._make, self.clock, self.entries.extend)

    def _make(self, now_s: float, *, is_closed: bool, hears_edges: bool) -> Diary:
        assert (is_closed, hears_edges) == (False, True)
        self.diary = Diary(now_s)
        return self.diary


def test_watch_looks_once_when_it_is_time() -> None:
    desk = Desk()
    for _ in range(3):
        desk.clock.advance(0.5)
        desk.pin.edge()
    desk.clock.advance(5)
    assert desk.entries == [("edge", 10.5), ("edge", 11.0), ("edge", 11.5), ("look", 12.5)]


def test_watch_counts_an_edge_from_when_it_was() -> None:
    desk = Desk()
    desk.pin.edge(age_s=0.25)
    assert desk.entries == [("edge", 9.75)]


def test_watch_reports_nothing_after_close() -> None:
    desk = Desk()
    desk.watch.close()
    desk.pin.edge()
    desk.watch.look()
    desk.clock.advance(5)
    assert desk.entries == []


def test_watch_listens_for_as_long_as_edges_are_wanted() -> None:
    desk = Desk()
    for wants_edges in (False, True):
        desk.diary.wants_edges = wants_edges
        desk.pin.edge()
        desk.clock.advance(2)
    assert [listener is not None for listener in desk.pin.listeners] == [True, False, True]
