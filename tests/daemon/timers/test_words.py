"""Timers in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from myna.timers.book import Book
from myna.timers.plan import Appointment, Countdown, Entry, countdown
from myna.timers.rings import Record, ring_of
from myna.timers.settings import TimerSettings
from myna.timers.words import (
    days_words,
    duration_words,
    entry_words,
    listing,
    moment_words,
    own_name,
    ring_words,
)
from support.timers import NOON, later


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (-5, "0 seconds"),
        (1, "1 second"),
        (59.6, "1 minute"),
        (90, "1 minute 30 seconds"),
        (3600, "1 hour"),
        (90_061, "1 day 1 hour 1 minute 1 second"),
        (172_800, "2 days"),
    ],
)
def test_duration_is_said_as_people_say_it(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("after_s", "words"),
    [
        (60, "today at 12:01"),
        (61, "today at 12:01:01"),
        (12 * 3600, "tomorrow at 00:00"),
        (-24 * 3600, "yesterday at 12:00"),
        (48 * 3600, "Saturday 28 November at 12:00"),
        (320 * 86_400, "Tuesday 12 October 2027 at 13:00"),
    ],
)
def test_moment_is_said_from_today(after_s: float, words: str) -> None:
    assert moment_words(NOON.wall_s + after_s, NOON) == words


@pytest.mark.parametrize(
    ("weekdays", "words"),
    [
        ((0,), "every Monday"),
        ((0, 4), "every Monday and Friday"),
        ((0, 2, 4), "every Monday, Wednesday and Friday"),
        ((0, 1, 2, 3, 4), "on weekdays"),
        ((5, 6), "on weekends"),
        (tuple(range(7)), "every day"),
    ],
)
def test_days_are_said_as_people_say_them(weekdays: tuple[int, ...], words: str) -> None:
    assert days_words(weekdays) == words


def test_own_name_tells_one_from_another() -> None:
    assert own_name("timer", countdown(600, NOON)) == "timer of 10 minutes"
    assert own_name("alarm", Appointment(datetime(2026, 11, 27, 7, 30))) == "alarm at 07:30"


BINS = Entry(1, "reminder", "bins", Appointment(datetime(2026, 11, 26, 18), (3,)), "Bins out.")
PASTA = Entry(2, "timer", "pasta", countdown(600, NOON))


def test_listing_holds_what_is_set_what_rings_and_what_rang(tmp_path: Path) -> None:
    rings = (ring_of(PASTA, 3, NOON), replace(ring_of(BINS, 4, NOON, "missed"), is_sure=False))
    book = Book(Record((BINS, PASTA), rings), TimerSettings())
    assert listing(book, NOON) == {
        "set": [entry_words(PASTA, NOON), entry_words(BINS, NOON)],
        "ringing": [ring_words(rings[0], NOON)],
        "past": [ring_words(rings[1], NOON)],
    }
    assert entry_words(BINS, NOON) == {
        "kind": "reminder",
        "name": "bins",
        "due_in_s": 21_600,
        "due_in": "6 hours",
        "due": "today at 18:00",
        "repeats": "every Thursday",
        "text": "Bins out.",
    }
    assert ring_words(rings[1], NOON) == {
        "kind": "reminder",
        "name": "bins",
        "was_due": "today at 18:00",
        "outcome": "missed",
        "meaning": "the speaker was off, or its clock was wrong",
        "clock": "the clock was not synchronised then",
        "text": "Bins out.",
    }
    assert listing(Book(Record(), TimerSettings()), NOON) == {"set": []}


def test_what_is_overdue_is_due_now() -> None:
    assert entry_words(PASTA, later(NOON, 700))["due_in_s"] == 0
    assert isinstance(PASTA.when, Countdown)
