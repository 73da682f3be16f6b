"""Local times and the instants that they name, in zones that change their clocks. PURE.

A local time in the hour that a clock skips names the first moment after the gap; one in
the hour that comes twice names the first of the two (as RFC 5545, 3.3.5, has it for the
second; for the first it would ring at 03:30 what was set for 02:30).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)

MOST_DAYS: Final = 8
"""The same weekday comes again after seven days, or is one that a zone has skipped."""


def instant_of(local: datetime, zone: tzinfo) -> datetime:
    """Return when it is `local` (a naive local time) in `zone`, in UTC."""
    earlier = local.replace(tzinfo=zone, fold=0)
    instant = earlier.astimezone(UTC)
    if local_of(instant, zone) == local.replace(fold=0):
        return instant
    return _end_of_gap(local, zone)


def local_of(instant: datetime, zone: tzinfo) -> datetime:
    """Return the naive local time of `instant` in `zone`."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def next_local(after: datetime, at: time, weekdays: Collection[int], zone: tzinfo) -> datetime:
    """Return the next local time `at` on one of `weekdays` whose instant is after `after`.

    Args:
        after: An instant.
        at: The time of day.
        weekdays: 0 is Monday; empty means every day.
        zone: Where.
    """
    today = local_of(after, zone).date()
    for days in range(2 * MOST_DAYS):
        date = today + days * DAY
        local = datetime.combine(date, at)
        if weekdays and date.weekday() not in weekdays:
            continue
        if _is_skipped(datetime.combine(date, time.min), zone):
            continue
        if instant_of(local, zone) > after:
            return local
    raise ValueError(f"no weekday is in {weekdays}")


def _is_skipped(midnight: datetime, zone: tzinfo) -> bool:
    """Tell whether there was no such day: 30 December 2011 in Apia."""
    return instant_of(midnight, zone) == instant_of(midnight + DAY, zone)


def _end_of_gap(local: datetime, zone: tzinfo) -> datetime:
    """Find the instant at which the clock skipped over `local`."""
    # Outside of a gap, fold 0 and 1 mean the offsets before and after it (PEP 495).
    before = (local.replace(tzinfo=zone, fold=1)).astimezone(UTC)
    after = (local.replace(tzinfo=zone, fold=0)).astimezone(UTC)
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    # Clocks change at whole seconds.
    return after.replace(microsecond=0)
