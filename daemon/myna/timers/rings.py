"""What rings, and what has rung. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from myna.timers.plan import Entry, Kind, Moment, due_in_s

Outcome: TypeAlias = Literal["ringing", "stopped", "snoozed", "unanswered", "missed"]
"""Missed: it was due while the speaker was off, too long ago to ring for. Unanswered: it
rang until its limit, and nobody came."""


KEPT_S: Final = 24 * 3600.0
MOST_KEPT: Final = 32
"""For how long and how many rings are kept that are over, to tell about them."""


class Ring(Struct, frozen=True):
    """One time that an entry was due.

    Attributes:
        id: Tells it from all others.
        kind: As of the entry.
        name: As of the entry.
        text: As of the entry.
        due_s: When it was due, by the wall clock.
        boot_id: In this boot
        since_s: it began to ring at this time since boot.
        is_sure: Whether the wall clock was known to be right.
        outcome: What came of it.
        ended_s: When that was clear, by the wall clock.
        is_told: Whether the user was told that it was missed, or went unanswered.
    """

    id: int
    kind: Kind
    name: str
    text: str
    due_s: float
    boot_id: str
    since_s: float
    is_sure: bool
    outcome: Outcome = "ringing"
    ended_s: float = 0.0
    is_told: bool = False


class Record(Struct, frozen=True):
    """All that is kept on the disk.

    Attributes:
        entries: What is set.
        rings: What rings, and what has rung lately.
    """

    entries: tuple[Entry, ...] = ()
    rings: tuple[Ring, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What one look at the book has found.

    Attributes:
        rang: What begins to ring, and how late it is, in seconds.
        resumed: What rang already before the restart, and goes on.
        missed: What is too late to ring.
        unanswered: What has rung for long enough.
    """

    rang: tuple[tuple[Ring, float], ...] = ()
    resumed: tuple[Ring, ...] = ()
    missed: tuple[Ring, ...] = ()
    unanswered: tuple[Ring, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether anything happened."""
        return bool(self.rang or self.resumed or self.missed or self.unanswered)


def ring_of(entry: Entry, ring_id: int, now: Moment, outcome: Outcome = "ringing") -> Ring:
    """Return the ring of an entry that is due."""
    due_s = now.wall_s + due_in_s(entry.when, now)
    ended_s = 0.0 if outcome == "ringing" else now.wall_s
    return Ring(
        id=ring_id,
        kind=entry.kind,
        name=entry.name,
        text=entry.text,
        due_s=due_s,
        boot_id=now.boot_id,
        since_s=now.boot_s,
        is_sure=now.is_sure,
        outcome=outcome,
        ended_s=ended_s,
    )


def forgotten(past: Iterable[Ring], now: Moment) -> list[Ring]:
    """Return those rings of the past that are no longer kept."""
    by_age = sorted(past, key=lambda ring: ring.ended_s, reverse=True)
    return [
        ring
        for place, ring in enumerate(by_age)
        if place >= MOST_KEPT or abs(now.wall_s - ring.ended_s) > KEPT_S
    ]
