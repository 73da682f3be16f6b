"""What is to ring, and when. PURE: the time is an argument, a `Moment`.

A countdown runs on the clock that counts since boot, so that setting the wall clock
does not move it; after a reboot its time of the wall clock counts. An appointment is a
local time: it follows the wall clock and the zone, wherever somebody puts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import replace

from myna.timers.local import instant_of, local_of, next_local

CLOCK_WAIT_S: Final = 180.0
"""How long after a boot a time server is waited for: a Raspberry Pi without a battery
begins with the time of its last shutdown, and after a power cut the router needs minutes."""

_DRIFT_S: Final = 1.0
"""By how much two clocks may differ before the wall clock counts as set."""

Kind: TypeAlias = Literal["timer", "alarm", "reminder"]


@dataclass(frozen=True, slots=True)
class Moment:
    """What all the clocks say at one moment.

    Attributes:
        wall_s: The wall clock: seconds since 1970, UTC.
        boot_s: Seconds since boot, sleep included; nobody sets this clock.
        boot_id: Which boot.
        zone: Of the local time.
        is_sure: Whether the wall clock is known to be right.
    """

    wall_s: float
    boot_s: float
    boot_id: str
    zone: tzinfo
    is_sure: bool

    @property
    def instant(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.fromtimestamp(self.wall_s, UTC)

    @property
    def local(self) -> datetime:
        """The wall clock as a naive local time."""
        return local_of(self.instant, self.zone)


class Countdown(Struct, frozen=True, tag=True):
    """So many seconds from a moment on.

    Attributes:
        duration_s: How long it was from the beginning.
        boot_id: Within this boot
        boot_due_s: it is due at this time since boot,
        wall_due_s: and after another one at this time of the wall clock.
    """

    duration_s: float
    boot_id: str
    boot_due_s: float
    wall_due_s: float


class Appointment(Struct, frozen=True, tag=True):
    """A local time, once or on some weekdays.

    Attributes:
        local: The next one; naive.
        weekdays: On which it comes again, 0 is Monday; empty if it does not.
    """

    local: datetime
    weekdays: tuple[Annotated[int, Meta(ge=0, le=6)], ...] = ()


When: TypeAlias = Countdown | Appointment


class Entry(Struct, frozen=True):
    """A timer, an alarm or a reminder that is set.

    Attributes:
        id: Tells it from all others, also from those before it.
        kind: What the user called it.
        name: What people call it; no two that are set have the same.
        when: When it is due.
        text: What a reminder reminds of.
    """

    id: int
    kind: Kind
    name: str
    when: When
    text: str = ""


def countdown(duration_s: float, now: Moment) -> Countdown:
    """Begin to count down."""
    return Countdown(duration_s, now.boot_id, now.boot_s + duration_s, now.wall_s + duration_s)


def due_in_s(when: When, now: Moment) -> float:
    """Return in how many seconds it is due; less than 0 when it is late."""
    match when:
        case Countdown(boot_id=now.boot_id):
            return when.boot_due_s - now.boot_s
        case Countdown():
            return when.wall_due_s - now.wall_s
        case Appointment():
            return instant_of(when.local, now.zone).timestamp() - now.wall_s


def needs_wall_clock(when: When, now: Moment) -> bool:
    """Tell whether only the wall clock knows when it is due."""
    return not (isinstance(when, Countdown) and when.boot_id == now.boot_id)


def is_clock_awaited(now: Moment) -> bool:
    """Tell whether the wall clock may still turn out to be wrong: decide nothing by it."""
    return not now.is_sure and now.boot_s < CLOCK_WAIT_S


def following(when: When, now: Moment) -> Appointment | None:
    """Return when it comes again after it has rung; None if it does not."""
    if not isinstance(when, Appointment) or not when.weekdays:
        return None
    return replace(when, local=_next(when, now))


def anchored(when: When, now: Moment) -> When:
    """Return the same, true to the clocks as they are now, for the next boot or for this one."""
    if not isinstance(when, Countdown):
        return when
    left_s = due_in_s(when, now)
    if when.boot_id == now.boot_id:
        wall_due_s = now.wall_s + left_s
        is_true = abs(wall_due_s - when.wall_due_s) < _DRIFT_S
        return when if is_true else replace(when, wall_due_s=wall_due_s)
    if not now.is_sure:
        return when
    return replace(when, boot_id=now.boot_id, boot_due_s=now.boot_s + left_s)


def corrected(when: When, now: Moment) -> When:
    """Return the same once the wall clock is right: what a wrong one skipped is to come."""
    if not isinstance(when, Appointment) or not when.weekdays:
        return when
    return replace(when, local=min(_next(when, now), when.local))


def _next(when: Appointment, now: Moment) -> datetime:
    return next_local(now.instant, when.local.time(), when.weekdays, now.zone)
