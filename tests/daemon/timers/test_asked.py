"""Times and days as they are asked for."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.timers.asked import appointment, parse_clock, parse_days
from myna.timers.plan import Appointment, due_in_s
from support.timers import NOON, at


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("07:30", time(7, 30)),
        ("7:30", time(7, 30)),
        ("7.30", time(7, 30)),
        ("19:30:15", time(19, 30, 15)),
        ("7:30 pm", time(19, 30)),
        ("7 P.M.", time(19)),
        ("7am", time(7)),
        ("12 am", time(0)),
        ("12:15 pm", time(12, 15)),
        (" noon ", time(12)),
        ("Midnight", time(0)),
    ],
)
def test_clock_is_read_as_people_write_it(said: str, expected: time) -> None:
    assert parse_clock(said) == expected


@pytest.mark.parametrize(
    "said", ["", "7", "25:00", "07:60", "13 pm", "0 am", "soon", "7:3", "\u0667:\u0663\u0660"]
)
def test_what_is_no_time_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        parse_clock(said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((), ()),
        ("", ()),
        ("monday", (0,)),
        ("Mondays", (0,)),
        (["fri", "Mon"], (0, 4)),
        ("tue, thu and sat", (1, 3, 5)),
        ("weekdays", (0, 1, 2, 3, 4)),
        (["weekend", "sunday"], (5, 6)),
        ("daily", tuple(range(7))),
        ("every  day", tuple(range(7))),
    ],
)
def test_days_are_read_as_people_write_them(
    said: str | list[str], expected: tuple[int, ...]
) -> None:
    assert parse_days(said) == expected


@pytest.mark.parametrize("said", ["t", "s", "tomorrow", "mon-fri", ["monday", "x"]])
def test_what_is_no_day_is_refused(said: str | list[str]) -> None:
    with pytest.raises(ValueError, match="is no day: give some of monday"):
        parse_days(said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("12:01", datetime(2026, 11, 26, 12, 1)),
        ("12:00", datetime(2026, 11, 27, 12)),
        ("07:30", datetime(2026, 11, 27, 7, 30)),
        ("2026-11-28T07:30", datetime(2026, 11, 28, 7, 30)),
        ("2026-11-28 07:30", datetime(2026, 11, 28, 7, 30)),
        ("2026-11-28T07:30:00Z", datetime(2026, 11, 28, 8, 30)),
        ("2026-11-28T07:30-05:00", datetime(2026, 11, 28, 13, 30)),
        ("2027-03-28T02:30", datetime(2027, 3, 28, 2, 30)),
    ],
)
def test_appointment_is_the_next_such_time(said: str, expected: datetime) -> None:
    assert appointment(said, (), NOON) == Appointment(expected)


def test_appointment_on_some_days_begins_on_the_first_of_them() -> None:
    assert appointment("07:30", (0, 3), NOON).local == datetime(2026, 11, 30, 7, 30)
    assert appointment("13:00", (0, 3), NOON).local == datetime(2026, 11, 26, 13)


def test_date_with_days_is_where_they_begin() -> None:
    assert appointment("2026-12-03T07:30", (3,), NOON).local == datetime(2026, 12, 3, 7, 30)
    assert appointment("2026-12-04T07:30", (3,), NOON).local == datetime(2026, 12, 10, 7, 30)
    assert appointment("2026-01-01T13:00", (3,), NOON).local == datetime(2026, 11, 26, 13)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("2026-11-26T11:00", "is over: it is 2026-11-26 12:00 now"),
        ("2028-01-01T11:00", "more than a year ahead"),
        ("2026-13-01T11:00", "is no date and time"),
        ("9999-12-31T23:59-23:59", "is no date and time"),
        ("0001-01-01T00:00", "is no date and time"),
        ("2026-11-28", "is no time"),
    ],
)
def test_appointment_that_cannot_be_kept_is_refused(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        appointment(said, (), NOON)


@given(st.text(), st.text())
def test_whatever_is_said_is_understood_or_refused(time_said: str, days_said: str) -> None:
    try:
        when = appointment(time_said, parse_days(days_said), NOON)
    except ValueError:
        return
    assert due_in_s(when, NOON) > 0


@given(st.times(), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_every_time_of_day_comes_within_a_day_and_a_bit(clock: time, now: datetime) -> None:
    moment = at(now)
    due_s = due_in_s(appointment(f"{clock:%H:%M}", (), moment), moment)
    assert 0 < due_s <= 25 * 3600
