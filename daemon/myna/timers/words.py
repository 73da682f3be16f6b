"""Timers in words that can be said as they are, and as plain data. PURE."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from myna.timers.asked import WEEKDAYS
from myna.timers.book import Book
from myna.timers.local import local_of
from myna.timers.plan import Appointment, Entry, Moment, When, due_in_s
from myna.timers.rings import Outcome, Ring

_UNITS: Final = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_GROUPS: Final = {
    tuple(range(7)): "every day",
    tuple(range(5)): "on weekdays",
    (5, 6): "on weekends",
}
_ENDS: Final[dict[Outcome, str]] = {
    "ringing": "it rings now",
    "stopped": "it rang and was stopped",
    "snoozed": "it rang and was snoozed",
    "unanswered": "it rang and nobody came",
    "missed": "the speaker was off, or its clock was wrong",
}


def duration_words(seconds: float) -> str:
    """Return a duration as one says it, to the second: `1 hour 5 minutes`."""
    left = max(0, round(seconds))
    parts: list[str] = []
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {unit}{'' if number == 1 else 's'}")
    return " ".join(parts) or "0 seconds"


def moment_words(wall_s: float, now: Moment) -> str:
    """Return a moment as one says it today: `tomorrow at 07:30`."""
    local = local_of(datetime.fromtimestamp(wall_s, UTC), now.zone)
    days = (local.date() - now.local.date()).days
    clock = f"{local:%H:%M}" if not local.second else f"{local:%H:%M:%S}"
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    day = near.get(days) or f"{local:%A} {local.day} {local:%B}"
    if abs(days) > timedelta(days=300).days:
        day = f"{day} {local.year}"
    return f"{day} at {clock}"


def days_words(weekdays: tuple[int, ...]) -> str:
    """Return on which days something comes again: `on Monday and Friday`."""
    if weekdays in _GROUPS:
        return _GROUPS[weekdays]
    names = [WEEKDAYS[day] for day in weekdays]
    return "every " + " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def own_name(kind: str, when: When) -> str:
    """Return what to call one that nobody gave a name: `timer of 10 minutes`."""
    if isinstance(when, Appointment):
        return f"{kind} at {when.local:%H:%M}"
    return f"{kind} of {duration_words(when.duration_s)}"


def listing(book: Book, now: Moment) -> dict[str, Any]:
    """Return what is set, what rings and what has rung in the last day, the next one first."""
    entries = sorted(book.entries, key=lambda entry: due_in_s(entry.when, now))
    told: dict[str, Any] = {"set": [entry_words(entry, now) for entry in entries]}
    if book.ringing:
        told["ringing"] = [ring_words(ring, now) for ring in book.ringing]
    if book.past:
        told["past"] = [ring_words(ring, now) for ring in book.past]
    return told


def entry_words(entry: Entry, now: Moment) -> dict[str, Any]:
    """Return what there is to tell of one that is set."""
    due_s = due_in_s(entry.when, now)
    told: dict[str, Any] = {
        "kind": entry.kind,
        "name": entry.name,
        "due_in_s": max(0, round(due_s)),
        "due_in": duration_words(due_s),
        "due": moment_words(now.wall_s + due_s, now),
    }
    if isinstance(entry.when, Appointment) and entry.when.weekdays:
        told["repeats"] = days_words(entry.when.weekdays)
    if entry.text:
        told["text"] = entry.text
    return told


def ring_words(ring: Ring, now: Moment) -> dict[str, Any]:
    """Return what there is to tell of one that rings, or has rung."""
    told: dict[str, Any] = {
        "kind": ring.kind,
        "name": ring.name,
        "was_due": moment_words(ring.due_s, now),
        "outcome": ring.outcome,
        "meaning": _ENDS[ring.outcome],
    }
    if not ring.is_sure:
        told["clock"] = "the clock was not synchronised then"
    if ring.text:
        told["text"] = ring.text
    return told
