"""Local times in zones that change their clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.timers.local import instant_of, local_of, next_local

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Cairo",
    "America/Scoresbysund",
    "Asia/Kathmandu",
    "UTC",
]
SECOND = timedelta(seconds=1)

zones = st.sampled_from(ZONES).map(ZoneInfo)
locals_ = st.datetimes(datetime(2008, 1, 1), datetime(2037, 1, 1)).map(
    lambda local: local.replace(microsecond=0)
)
days = st.sets(st.integers(0, 6))
times = st.times().map(lambda at: at.replace(microsecond=0))


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        # The hour that is skipped: the first moment after it.
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T02:59:59", "2026-03-29T01:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
        ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:00"),
        ("America/Scoresbysund", "2026-03-28T23:30", "2026-03-29T01:00"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),
        # The hour that comes twice: its first time.
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
        # Beside them.
        ("Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00"),
    ],
)
def test_local_time_names_one_instant(zone: str, local: str, utc: str) -> None:
    instant = instant_of(datetime.fromisoformat(local), ZoneInfo(zone))
    assert instant == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(zones, locals_)
def test_instant_shows_its_local_time_or_follows_a_gap(zone: ZoneInfo, local: datetime) -> None:
    instant = instant_of(local, zone)
    shown = local_of(instant, zone)
    if shown == local:
        earlier = [instant - timedelta(minutes=minutes) for minutes in range(30, 181, 30)]
        assert local not in [local_of(each, zone) for each in earlier], "it is the first one"
    else:
        assert local_of(instant - SECOND, zone) < local < shown


@given(zones, locals_, times, days)
def test_next_is_the_first_after_now_on_a_wanted_day(
    zone: ZoneInfo, now: datetime, at: time, weekdays: set[int]
) -> None:
    after = instant_of(now, zone)
    local = next_local(after, at, weekdays, zone)
    assert local.time() == at
    assert not weekdays or local.weekday() in weekdays
    assert instant_of(local, zone) > after
    between = (
        datetime.combine(now.date() + timedelta(days=more), at)
        for more in range((local.date() - now.date()).days)
    )
    for passed in between:
        is_wanted = not weekdays or passed.weekday() in weekdays
        is_skipped = zone.key == "Pacific/Apia" and passed.date() == date(2011, 12, 30)
        assert not is_wanted or is_skipped or instant_of(passed, zone) <= after


@given(zones, locals_, times, days)
def test_following_ones_never_come_at_once(
    zone: ZoneInfo, now: datetime, at: time, weekdays: set[int]
) -> None:
    first = instant_of(next_local(instant_of(now, zone), at, weekdays, zone), zone)
    second = instant_of(next_local(first, at, weekdays, zone), zone)
    assert second - first >= timedelta(hours=22)


def test_day_that_a_zone_skipped_has_no_alarm() -> None:
    apia = ZoneInfo("Pacific/Apia")
    thursday = instant_of(datetime(2011, 12, 29, 8), apia)
    assert next_local(thursday, time(7), range(7), apia) == datetime(2011, 12, 31, 7)
    assert next_local(thursday, time(7), {4}, apia) == datetime(2012, 1, 6, 7), "next Friday"


def test_time_before_a_gap_at_midnight_rings_after_it() -> None:
    scoresby = ZoneInfo("America/Scoresbysund")
    just_before = instant_of(datetime(2026, 3, 28, 22, 59), scoresby)
    assert next_local(just_before, time(23, 30), (), scoresby) == datetime(2026, 3, 28, 23, 30)


def test_days_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="no weekday"):
        next_local(datetime(2026, 1, 1, tzinfo=UTC), time(7), {7}, UTC)
