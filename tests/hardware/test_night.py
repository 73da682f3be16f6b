from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.night import DAY_S, Night, parse_night

HOURS = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def at_s(seconds: float) -> time:
    """Return the time of day that many seconds after midnight."""
    whole = int(seconds % DAY_S)
    return time(whole // 3600, whole // 60 % 60, whole % 60)


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        ("22:00-07:00", [time(22), time(0), time(6, 59, 59)], [time(7), time(21, 59), time(12)]),
        ("00:30-06:05", [time(0, 30), time(6, 4)], [time(0, 29), time(6, 5), time(23)]),
        ("13:00-00:00", [time(13), time(23, 59, 59)], [time(0), time(12, 59)]),
    ],
)
def test_night_includes_its_hours_also_over_midnight(
    hours: str, inside: list[time], outside: list[time]
) -> None:
    night = parse_night(hours)
    assert all(night.includes(moment) for moment in inside)
    assert not any(night.includes(moment) for moment in outside)


@given(st.times(), st.times())
def test_night_is_read_as_it_is_written(begins: time, ends: time) -> None:
    begins, ends = (time(each.hour, each.minute) for each in (begins, ends))
    text = f"{begins:%H:%M}-{ends:%H:%M}"
    if begins == ends:
        with pytest.raises(ValueError, match="ends when it begins"):
            parse_night(text)
    else:
        assert parse_night(text) == Night(begins, ends)


@pytest.mark.parametrize(
    "text",
    ["", "22-7", "24:00-07:00", "22:60-07:00", "22:00 - 07:00", "22:00-07:00\n", "٢٢:00-07:00"],
)
def test_night_refuses_what_is_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match='like "22:00-07:00"'):
        parse_night(text)


@given(HOURS, HOURS, st.integers(0, DAY_S - 1))
def test_night_changes_when_it_says_and_not_before(begins: time, ends: time, now_s: int) -> None:
    if begins == ends:
        return
    night = Night(begins, ends)
    lasts_s = night.changes_in_s(at_s(now_s))
    assert 0 < lasts_s < DAY_S
    assert night.includes(at_s(now_s + lasts_s)) != night.includes(at_s(now_s))
    assert night.includes(at_s(now_s + lasts_s - 1)) == night.includes(at_s(now_s))


def test_night_counts_parts_of_a_second() -> None:
    night = parse_night("22:00-07:00")
    assert night.changes_in_s(time(21, 59, 59, 750_000)) == 0.25
