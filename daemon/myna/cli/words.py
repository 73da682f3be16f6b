"""Figures of the daemon as a person says them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

_UNITS: Final = ((86_400, "d"), (3600, "h"), (60, "min"))


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units: "2 h 5 min"."""
    whole = max(0, round(seconds))
    for size, name in _UNITS:
        if whole >= size:
            smaller = _smaller(whole % size, size)
            return f"{whole // size} {name}{smaller}"
    return f"{whole} s"


def number(count: int, noun: str) -> str:
    """Return a count with its noun: "1 turn", "2 turns"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def session_words(session: Mapping[str, Any]) -> str:
    """Say how the session is, and how the last one ended."""
    if session["state"] != "none":
        return f"{session['state']}, for {duration(session['for_s'])}"
    last = session["last_close"]
    if last is None:
        return "none so far"
    ended = f"{last['code']} {last['reason']}".rstrip()
    return f"none; the last one ended {duration(session['for_s'])} ago with {ended}"


def wake_words(wake: Mapping[str, Any]) -> str:
    """Say which wake word was heard last, and when."""
    ago_s = (datetime.now(UTC) - datetime.fromisoformat(wake["at"])).total_seconds()
    return f"{wake['word']} (score {wake['score']:.2f}), {duration(ago_s)} ago"


def latency_words(latencies: Mapping[str, Any]) -> dict[str, str]:
    """Say how long people wait, by what for; nothing before the first turn."""
    return {
        kind.replace("_", " "): (
            f"{measured['p50_ms']} ms; 95 % within {measured['p95_ms']} ms "
            f"({number(measured['turns'], 'turn')})"
        )
        for kind, measured in latencies.items()
        if measured is not None
    }


def _smaller(rest: int, size: int) -> str:
    below = next(((each, name) for each, name in (*_UNITS, (1, "s")) if each < size), (1, "s"))
    count = rest // below[0]
    return f" {count} {below[1]}" if count else ""
