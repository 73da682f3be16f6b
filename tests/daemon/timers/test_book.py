"""The book: whatever happens to clocks and daemon, each is rung for once, or missed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from myna.timers.book import Book
from myna.timers.plan import Appointment, When, countdown, due_in_s
from myna.timers.rings import KEPT_S, MOST_KEPT, Found, Record
from myna.timers.settings import TimerSettings
from support.timers import NOON, later

RULES = TimerSettings()


def book(record: Record | None = None) -> Book:
    return Book(record or Record(), RULES)


def reloaded(old: Book) -> Book:
    """Return the book as the next daemon finds it on the disk."""
    kept = msgspec.json.decode(msgspec.json.encode(old.record), type=Record)
    assert kept == old.record
    return book(kept)


def test_nothing_found_is_no_news() -> None:
    assert book().look(NOON) == Found()
    assert not Found().is_news
    assert book().next_look_s(NOON) is None


def test_look_comes_in_a_second_at_the_latest_and_never_too_late() -> None:
    on = book()
    on.add("timer", "pasta", countdown(600.0, NOON))
    assert on.next_look_s(NOON) == 1.0
    assert on.next_look_s(later(NOON, 599.75)) == 0.25
    assert on.next_look_s(later(NOON, 700)) == 0.0


def test_ids_are_never_used_twice() -> None:
    on = book()
    first = on.add("timer", "pasta", countdown(1, NOON))
    on.look(later(NOON, 2))
    on = reloaded(on)
    assert on.add("timer", "pasta", countdown(1, NOON)).id > first.id + 1


def test_rings_of_the_past_are_kept_for_a_day_and_not_too_many() -> None:
    on = book()
    for number in range(MOST_KEPT + 5):
        on.add("timer", "pasta", countdown(1, later(NOON, number)))
        on.look(later(NOON, number + 1.5))
        on.stop([ring.id for ring in on.ringing], later(NOON, number + 1.5))
    on.look(later(NOON, 100))
    assert len(on.past) == MOST_KEPT
    on.look(later(NOON, 100 + KEPT_S))
    assert on.past == ()


def test_ring_that_somebody_else_has_stopped_is_not_stopped_twice() -> None:
    on = book()
    on.add("timer", "pasta", countdown(1, NOON))
    ((ring, _),) = on.look(later(NOON, 1)).rang
    assert len(on.stop([ring.id], NOON)) == 1
    assert on.stop([ring.id], NOON) == ()
    assert on.stop([99], NOON) == ()


def test_alarm_of_every_weekday_moves_on_past_the_weekend() -> None:
    friday = later(NOON, 24 * 3600)
    on = book()
    local = friday.local + timedelta(minutes=1)
    on.add("alarm", "work", Appointment(local, (0, 1, 2, 3, 4)))
    assert len(on.look(later(friday, 60)).rang) == 1
    (entry,) = on.entries
    assert entry.when == Appointment(local + timedelta(days=3), (0, 1, 2, 3, 4))


def test_removing_what_is_gone_is_no_error() -> None:
    on = book()
    entry = on.add("timer", "pasta", countdown(1, NOON))
    on.remove([entry])
    on.remove([entry])
    assert on.entries == ()


# --- whatever happens -------------------------------------------------------------------

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")


@dataclass
class Told:
    """What one entry has led to."""

    rang: int = 0
    missed: int = 0
    stopped: int = 0


class House:
    """A book, its clocks, and the people who stop its rings; `data` decides what they do."""

    def __init__(self, data: DataObject) -> None:
        self._data = data
        self.now = replace(NOON, is_sure=data.draw(st.booleans()))
        self.book = book()
        self.told: dict[str, Told] = {}
        self._sounding: set[int] = set()

    def wait(self) -> None:
        """Let time pass."""
        seconds = self._data.draw(st.sampled_from([0.5, 1, 30, 599, 3600, 90_000]))
        self.now = later(self.now, seconds)

    def set(self) -> None:
        """Set a timer, or an alarm."""
        if self._data.draw(st.booleans()):
            self._add(countdown(self._data.draw(st.floats(1, 5000)), self.now))
            return
        ahead = timedelta(seconds=self._data.draw(st.integers(1, 90_000)))
        when = Appointment((self.now.local + ahead).replace(microsecond=0))
        if due_in_s(when, self.now) > 0:  # else a clock that is put back names it twice
            self._add(when)

    def _add(self, when: When) -> None:
        entry = self.book.add("timer", f"number {len(self.told)}", when)
        self.told[entry.name] = Told()

    def stop(self) -> None:
        """Stop what sounds."""
        for ring in self.book.stop(self._sounding, self.now):
            self.told[ring.name].stopped += 1
        self._sounding.clear()

    def kill(self) -> None:
        """Kill the daemon, and start it again."""
        self.book = reloaded(self.book)
        self._sounding.clear()

    def jump(self) -> None:
        """Set the clock, and perhaps the zone; it may be a time server that does it."""
        draw = self._data.draw
        self.now = replace(
            self.now,
            wall_s=self.now.wall_s + draw(st.integers(-90_000, 90_000)),
            is_sure=self.now.is_sure or draw(st.booleans()),
            zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        )

    def reboot(self) -> None:
        """Cut the power for a minute."""
        self.kill()
        boot_s = self._data.draw(st.floats(1, 400))
        self.now = replace(later(self.now, 60), boot_id=f"after {self.now.boot_s}", boot_s=boot_s)

    def look(self) -> None:
        """Look at the book, and hold what it finds against what was found before."""
        found = self.book.look(self.now)
        for ring, late_s in found.rang:
            assert 0 <= late_s <= RULES.ring_late_s
            self.told[ring.name].rang += 1
        for ring in (*(ring for ring, _ in found.rang), *found.resumed):
            assert ring.id not in self._sounding, "it rings already"
            assert self.told[ring.name].stopped == 0, "somebody has stopped it"
            self._sounding.add(ring.id)
        for ring in found.missed:
            self.told[ring.name].missed += 1
        self._sounding.difference_update(ring.id for ring in found.unanswered)
        assert not self.book.look(self.now).is_news, "a second look finds nothing new"
        pause_s = self.book.next_look_s(self.now)
        assert pause_s is None or 0 < pause_s <= 1

    def end(self) -> None:
        """Let time go on until nothing is set any more."""
        self.now = later(replace(self.now, is_sure=True), 400)
        self.look()
        while self.book.entries:
            due_s = min(due_in_s(entry.when, self.now) for entry in self.book.entries)
            self.now = later(self.now, max(1.0, due_s))
            self.look()


DEEDS = (House.wait, House.wait, House.set, House.stop, House.kill, House.jump, House.reboot)


@settings(max_examples=300)
@given(st.data())
def test_each_rings_once_or_is_missed_whatever_happens(data: DataObject) -> None:
    house = House(data)
    for deed in data.draw(st.lists(st.sampled_from(DEEDS), max_size=40)):
        deed(house)
        house.look()
    house.end()
    for told in house.told.values():
        # What rings over a reboot may be missed there, hours later.
        assert told.rang <= 1
        assert told.missed <= 1
        assert told.rang + told.missed >= 1, "it was lost"


@pytest.mark.parametrize("is_sure", [True, False])
def test_everything_set_is_either_set_or_has_rung_after_a_kill(is_sure: bool) -> None:
    now = replace(NOON, is_sure=is_sure)
    on = book()
    on.add("timer", "pasta", countdown(60, now))
    for seconds in (0, 59, 60, 61):
        copy = reloaded(on)
        copy.look(later(now, seconds))
        record = reloaded(copy).record
        assert len(record.entries) + len(record.rings) == 1
