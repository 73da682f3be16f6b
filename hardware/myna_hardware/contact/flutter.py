"""Whether edges are a hand's or a loose wire's; pure: time comes in with every edge.

A hand makes at most about ten presses a second, and between them a contact rests. What
picks up the mains changes a hundred times a second and never rests, and a longer
antenna hears all sorts of things. So there are two signs of flutter: too many changes in
a second, where what bounces counts once, and edges that do not end.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

WINDOW_S: Final = 1.0
MOST_CHANGES: Final = 24
"""In `WINDOW_S`: ten presses and ten releases, and some that bounce for long."""

MANY_CHANGES: Final = 12
"""From here on nobody presses like that who wants something of the button."""

BOUNCE_S: Final = 0.008
"""An edge this soon after another is a bounce. Half a period of 60 Hz mains is longer."""

REST_S: Final = 0.02
LONGEST_UNREST_S: Final = 0.3
"""Edges less than `REST_S` apart go on for no longer than this on a worn contact."""


class Change(NamedTuple):
    """An edge, and the how manieth it was."""

    at_s: float
    edge: int


class FlutterJudge:
    """Looks at the edges of one contact."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=MOST_CHANGES + 1)
        self._last = Change(float("-inf"), 0)
        self._unrest_began = self._last

    def on_edge(self, at_s: float) -> None:
        """Take an edge."""
        pause_s = at_s - self._last.at_s
        self._last = Change(at_s, self._last.edge + 1)
        if pause_s >= BOUNCE_S:
            self._changes.append(self._last)
        if pause_s >= REST_S:
            self._unrest_began = self._last

    @property
    def is_suspicious(self) -> bool:
        """Whether there are more changes than a hand has use for."""
        began_s = self._last.at_s - WINDOW_S
        return sum(change.at_s > began_s for change in self._changes) > MANY_CHANGES

    @property
    def per_second(self) -> int | None:
        """How often it changes in a second, if that is flutter."""
        if self._last.at_s - self._unrest_began.at_s >= LONGEST_UNREST_S:
            return self._rate_since(self._unrest_began)
        is_busy = len(self._changes) > MOST_CHANGES
        if is_busy and self._last.at_s - self._changes[0].at_s <= WINDOW_S:
            return self._rate_since(self._changes[0])
        return None

    def _rate_since(self, first: Change) -> int:
        return round((self._last.edge - first.edge) / (self._last.at_s - first.at_s))
