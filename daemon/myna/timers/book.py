"""The book of what is set and what rings. PURE: `look` at it as often as you like.

Theory of operation. An entry that is due becomes a ring, in one step: whoever keeps the
record on the disk before it sounds can be killed at any moment, and finds after the
restart either the entry, which is due, or the ring, which goes on. A ring ends when
somebody stops or snoozes it, or by itself at its limit.

What was due too long ago is not rung for: it is noted as missed. Everything that only
the wall clock knows waits after a boot until that clock is right, or a while has passed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from msgspec.structs import replace

from myna.timers.names import unique_name
from myna.timers.plan import (
    Entry,
    Kind,
    Moment,
    When,
    anchored,
    corrected,
    countdown,
    due_in_s,
    following,
    is_clock_awaited,
    needs_wall_clock,
)
from myna.timers.rings import Found, Outcome, Record, Ring, forgotten, ring_of
from myna.timers.settings import TimerSettings

MOST_SET: Final = 64
"""More than a house can need; a model that has lost its way sets no more."""

LOOK_S: Final = 1.0
"""How often the wall clock is looked at, which somebody may set meanwhile."""

SNOOZABLE_S: Final = 600.0
"""For how long after a ring was stopped "ten minutes more" is understood to be about it."""


class Book:
    """What is set and what rings.

    Args:
        record: As it was kept.
        settings: How they ring.
    """

    def __init__(self, record: Record, settings: TimerSettings) -> None:
        self._entries = {entry.id: entry for entry in record.entries}
        self._rings = {ring.id: ring for ring in record.rings}
        self._settings = settings
        self._next_id = 1 + max((*self._entries, *self._rings), default=0)
        self._sounding: set[int] = set()
        self._was_sure: bool | None = None

    @property
    def record(self) -> Record:
        """All that is to be kept."""
        return Record(tuple(self._entries.values()), tuple(self._rings.values()))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is set."""
        return tuple(self._entries.values())

    @property
    def ringing(self) -> tuple[Ring, ...]:
        """What rings now, or goes on to as soon as the clock is right."""
        return tuple(ring for ring in self._rings.values() if ring.outcome == "ringing")

    @property
    def past(self) -> tuple[Ring, ...]:
        """What has rung, or was missed, in the last day."""
        return tuple(ring for ring in self._rings.values() if ring.outcome != "ringing")

    # --- setting ------------------------------------------------------------------

    def add(self, kind: Kind, name: str, when: When, text: str = "") -> Entry:
        """Set one; its name is told apart from those that are set already."""
        name = unique_name(name, {entry.name for entry in self._entries.values()})
        entry = Entry(self._new_id(), kind, name, when, text)
        self._entries[entry.id] = entry
        return entry

    def remove(self, entries: Iterable[Entry]) -> None:
        """Cancel them."""
        for entry in entries:
            self._entries.pop(entry.id, None)

    # --- ringing ------------------------------------------------------------------

    def look(self, now: Moment) -> Found:
        """Find what is due, over, or missed, and note it."""
        self._follow_clocks(now)
        unanswered = self._end(self._over(now), "unanswered", now)
        resumed, missed = self._look_at_old_rings(now)
        rang, late = self._look_at_entries(now)
        for ring in forgotten(self.past, now):
            del self._rings[ring.id]
        return Found(rang, resumed, (*missed, *late), unanswered)

    def next_look_s(self, now: Moment) -> float | None:
        """Return in how many seconds to look again; None while nothing is set."""
        if not self._entries and not self.ringing:
            return None
        dues_s = [
            due_in_s(entry.when, now)
            for entry in self._entries.values()
            if not self._is_held(entry.when, now)
        ]
        return max(0.0, min([LOOK_S, *dues_s]))

    def needs_wall_clock(self, now: Moment) -> bool:
        """Tell whether anything that is set rings at a time of the wall clock."""
        return any(needs_wall_clock(entry.when, now) for entry in self._entries.values())

    def stop(self, rings: Collection[int], now: Moment) -> tuple[Ring, ...]:
        """Note that somebody has stopped `rings`; return those that rang."""
        return self._end([ring for ring in self.ringing if ring.id in rings], "stopped", now)

    def snooze(self, rings: Iterable[Ring], duration_s: float, now: Moment) -> tuple[Entry, ...]:
        """Let rings, also some that were stopped, ring again after a while."""
        ended = self._end(list(rings), "snoozed", now)
        return tuple(
            self.add(ring.kind, ring.name, countdown(duration_s, now), ring.text) for ring in ended
        )

    def snoozable(self, now: Moment) -> tuple[Ring, ...]:
        """Return what rings now, or else what rang last, a short time ago."""
        if self.ringing:
            return self.ringing
        rung = [ring for ring in self.past if ring.outcome in ("stopped", "unanswered")]
        last_s = max((ring.ended_s for ring in rung), default=0.0)
        if abs(now.wall_s - last_s) > SNOOZABLE_S:
            return ()
        return tuple(ring for ring in rung if ring.ended_s == last_s)

    # --- telling ------------------------------------------------------------------

    def untold(self) -> tuple[Ring, ...]:
        """Return what the user does not know yet: what was missed or went unanswered."""
        return tuple(
            ring
            for ring in self.past
            if ring.outcome in ("missed", "unanswered") and not ring.is_told
        )

    def note_told(self, rings: Iterable[Ring]) -> None:
        """Note that the user knows of them."""
        for ring in rings:
            self._rings[ring.id] = replace(ring, is_told=True)

    # --- inside -------------------------------------------------------------------

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _follow_clocks(self, now: Moment) -> None:
        is_corrected = now.is_sure and self._was_sure is False
        self._was_sure = now.is_sure
        for entry in self.entries:
            when = anchored(entry.when, now)
            if is_corrected:
                when = corrected(when, now)
            if when != entry.when:
                self._entries[entry.id] = replace(entry, when=when)

    def _is_held(self, when: When, now: Moment) -> bool:
        return is_clock_awaited(now) and needs_wall_clock(when, now)

    def _look_at_old_rings(self, now: Moment) -> tuple[tuple[Ring, ...], tuple[Ring, ...]]:
        """Take up what rang when the daemon ended; after a reboot only what is not too late."""
        old = [ring for ring in self.ringing if ring.id not in self._sounding]
        resumed: list[Ring] = []
        missed: list[Ring] = []
        for ring in old:
            if ring.boot_id != now.boot_id and is_clock_awaited(now):
                continue
            is_late = now.wall_s - ring.due_s > self._settings.ring_late_s
            if ring.boot_id == now.boot_id or not is_late:
                resumed.append(self._sound(_rebooted(ring, now)))
            else:
                missed.append(ring)
        return tuple(resumed), self._end(missed, "missed", now)

    def _look_at_entries(
        self, now: Moment
    ) -> tuple[tuple[tuple[Ring, float], ...], tuple[Ring, ...]]:
        rang: list[tuple[Ring, float]] = []
        missed: list[Ring] = []
        for entry in self.entries:
            late_s = -due_in_s(entry.when, now)
            if late_s < 0 or self._is_held(entry.when, now):
                continue
            if late_s <= self._settings.ring_late_s:
                rang.append((self._sound(ring_of(entry, self._new_id(), now)), late_s))
            else:
                missed.append(ring_of(entry, self._new_id(), now, "missed"))
            self._move_on(entry, now)
        self._rings.update({ring.id: ring for ring in missed})
        return tuple(rang), tuple(missed)

    def _sound(self, ring: Ring) -> Ring:
        self._rings[ring.id] = ring
        self._sounding.add(ring.id)
        return ring

    def _move_on(self, entry: Entry, now: Moment) -> None:
        when = following(entry.when, now)
        if when is None:
            del self._entries[entry.id]
        else:
            self._entries[entry.id] = replace(entry, when=when)

    def _over(self, now: Moment) -> list[Ring]:
        return [
            ring
            for ring in self.ringing
            if ring.boot_id == now.boot_id
            and now.boot_s - ring.since_s >= self._settings.ring_limit_s
        ]

    def _end(self, rings: Iterable[Ring], outcome: Outcome, now: Moment) -> tuple[Ring, ...]:
        ended = tuple(replace(ring, outcome=outcome, ended_s=now.wall_s) for ring in rings)
        self._rings.update({ring.id: ring for ring in ended})
        self._sounding.difference_update(ring.id for ring in ended)
        return ended


def _rebooted(ring: Ring, now: Moment) -> Ring:
    """Return the ring, beginning anew if it began in another boot."""
    if ring.boot_id == now.boot_id:
        return ring
    return replace(ring, boot_id=now.boot_id, since_s=now.boot_s)
