"""Times and days as a model, or a person, writes them. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final

from myna.timers.local import instant_of, local_of, next_local
from myna.timers.plan import Appointment, Moment

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

FARTHEST: Final = timedelta(days=366)

_CLOCK: Final = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2}))?\s*(?:([ap])\.?m\.?)?", re.ASCII | re.IGNORECASE
)
_NAMED: Final = {"noon": time(12), "midnight": time(0)}
_GROUPS: Final = {
    **dict.fromkeys(("daily", "everyday", "every day"), range(7)),
    **dict.fromkeys(("weekday", "workday"), range(5)),
    "weekend": (5, 6),
}
_SEPARATORS: Final = re.compile(r"\s*(?:,|;|\band\b)\s*")
_LEAST_LETTERS: Final = 2


def parse_days(said: str | Iterable[str]) -> tuple[int, ...]:
    """Read days such as `monday`, `Tue, Thu`, `weekdays`, `weekends` or `daily`.

    Returns:
        The weekdays, 0 is Monday; empty where nothing is said.

    Raises:
        ValueError: One of them is no day; the text says so.
    """
    texts = [said] if isinstance(said, str) else said
    words = [word for text in texts for word in _SEPARATORS.split(text.strip()) if word]
    return tuple(sorted({day for word in words for day in _days_of(word)}))


def _days_of(word: str) -> Iterable[int]:
    name = " ".join(word.casefold().split()).removesuffix("s")
    if name in _GROUPS:
        return _GROUPS[name]
    days = [day for day, full in enumerate(WEEKDAYS) if full.casefold().startswith(name)]
    if len(name) < _LEAST_LETTERS or len(days) != 1:
        raise ValueError(
            f"{word!r} is no day: give some of {', '.join(map(str.lower, WEEKDAYS))}, "
            "weekdays, weekends or daily"
        )
    return days


def parse_clock(text: str) -> time:
    """Read a time of day: `07:30`, `7:30 pm`, `7pm`, `noon`.

    Raises:
        ValueError: It is none.
    """
    words = text.strip().casefold()
    found = _CLOCK.fullmatch(words)
    if words in _NAMED:
        return _NAMED[words]
    if found is None or not (found[2] or found[4]):
        raise ValueError(f"{text!r} is no time: write it like 07:30, or 2026-11-27T07:30")
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{text!r} is no time: with am and pm the hours are 1 to 12")
        hour = hour % 12 + 12 * (found[4] == "p")
    try:
        return time(hour, minute, second)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time: {error}") from error


def appointment(text: str, weekdays: tuple[int, ...], now: Moment) -> Appointment:
    """Return the next moment that `text` names.

    Args:
        text: A time of day, or a date and time (ISO 8601) with or without its offset.
        weekdays: On which it comes again; empty for once.
        now: From when on.

    Raises:
        ValueError: It names none, or none that lies ahead within a year.
    """
    start = _parse_date(text, now)
    if start is None:
        at, after = parse_clock(text), now.instant
    else:
        at, instant = start.time(), instant_of(start, now.zone)
        if weekdays:
            after = max(now.instant, instant - timedelta(microseconds=1))
        else:
            _check_ahead(instant - now.instant, start, now)
            return Appointment(start)
    return Appointment(next_local(after, at, weekdays, now.zone), weekdays)


def _parse_date(text: str, now: Moment) -> datetime | None:
    """Return the local time of a date and time; None where there is no date."""
    words = text.strip()
    if not re.match(r"\d{4}-?\d{2}-?\d{2}[T ]", words, re.ASCII | re.IGNORECASE):
        return None
    try:
        moment = datetime.fromisoformat(words)
        local = moment if moment.tzinfo is None else local_of(moment, now.zone)
        instant_of(local, now.zone)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no date and time: write it like 2026-11-27T07:30") from error
    return local


def _check_ahead(distance: timedelta, start: datetime, now: Moment) -> None:
    if distance <= timedelta(0):
        raise ValueError(f"{start:%Y-%m-%d %H:%M} is over: it is {now.local:%Y-%m-%d %H:%M} now")
    if distance > FARTHEST:
        raise ValueError(f"{start:%Y-%m-%d} is more than a year ahead")
