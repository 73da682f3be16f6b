"""Counts what the trace tells, from the start of the daemon on.

Labels come from closed sets: a model that invents names of tools would make a series of
each.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from myna.metrics.exposition import Family, Sample
from myna.trace import EventName

Fields = Mapping[str, Any]


def _tool(fields: Fields) -> dict[str, str]:
    return {"outcome": "done" if fields["ok"] else "failed"}


def _where(fields: Fields) -> dict[str, str]:
    return {"where": str(fields["where"])}


def _plain(_fields: Fields) -> dict[str, str]:
    return {}


Labels = Callable[[Fields], dict[str, str]]

COUNTED: Final[Mapping[EventName, tuple[str, str, Labels]]] = {
    "wake": ("myna_wakes_total", "How often the wake word was heard.", _plain),
    "session_ready": ("myna_sessions_total", "Sessions that opened.", _plain),
    "session_resumed": ("myna_reconnects_total", "Sessions that were continued.", _plain),
    "turn_complete": ("myna_replies_total", "Replies that came to their end.", _plain),
    "interrupted": ("myna_interruptions_total", "Replies that somebody cut short.", _plain),
    "tool_result": ("myna_tool_calls_total", "Tools that the model called.", _tool),
    "xrun": ("myna_xruns_total", "Gaps in the sound.", _where),
    "degraded": ("myna_troubles_total", "How often a part fell ill.", _plain),
    "notice": ("myna_notices_total", "Sentences that the speaker said by itself.", _plain),
    "timer_rang": ("myna_rings_total", "Timers and alarms that rang.", _plain),
}
"""Events, the names and meanings of their counters, and what tells one sample from another."""

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "connecting": ("myna_conversations_total", "Conversations that began."),
    "offline": ("myna_failed_conversations_total", "Conversations that failed."),
}
"""States, and the counters of how often they were entered."""


class Tally:
    """The counts; an observer of the trace."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, Counter[tuple[tuple[str, str], ...]]] = {}

    def on_event(self, _t: float, event: EventName, fields: Fields) -> None:
        """Count; from any thread."""
        if event in COUNTED:
            name, _, labels = COUNTED[event]
            self._count(name, labels(fields))
        elif event == "state" and fields["to"] in STATES:
            self._count(STATES[fields["to"]][0], {})

    def families(self) -> list[Family]:
        """Return the counters; those without labels also at 0."""
        meanings = [(name, means) for name, means, _ in COUNTED.values()]
        with self._lock:
            return [self._family(*each) for each in (*meanings, *STATES.values())]

    def _count(self, name: str, labels: Mapping[str, str]) -> None:
        with self._lock:
            self._counts.setdefault(name, Counter())[tuple(labels.items())] += 1

    def _family(self, name: str, means: str) -> Family:
        counts = self._counts.get(name) or {(): 0}
        samples = [Sample(count, dict(labels)) for labels, count in counts.items()]
        return Family(name, "counter", means, tuple(samples))
