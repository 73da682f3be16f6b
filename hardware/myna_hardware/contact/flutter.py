"""Whether edges are a hand's or a loose wire's; pure: time comes in with every edge.

A hand makes at most about ten presses a second, and between them a contact rests. What
picks up the mains changes a hundred times a second and never rests, and a longer
antenna hears all sorts of things. So there are two signs of flutter: too many changes in
a second, where what bounces counts once, and edges that do not end.
"""

from __future__ import annotations

from collections import deque
from typing import Final

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


class FlutterJudge:
    """Looks at the edges of one contact."""

    def __init__(self) -> None:
        self._changes_s: deque[float] = deque(maxlen=MOST_CHANGES + 1)
        self._last_s = float("-inf")
        self._unrest_began_s = 0.0
        self._unrest_edges = 0

    def on_edge(self, at_s: float) -> None:
        """Take an edge."""
        pause_s = at_s - self._last_s
        self._last_s = at_s
        if pause_s >= BOUNCE_S:
            self._changes_s.append(at_s)
        if pause_s >= REST_S:
            self._unrest_began_s, self._unrest_edges = at_s, 0
        else:
            self._unrest_edges += 1

    @property
    def is_suspicious(self) -> bool:
        """Whether there are more changes than a hand has use for."""
        return sum(at_s > self._last_s - WINDOW_S for at_s in self._changes_s) > MANY_CHANGES

    @property
    def per_second(self) -> int | None:
        """How often it changes in a second, if that is flutter."""
        unrest_s = self._last_s - self._unrest_began_s
        if unrest_s >= LONGEST_UNREST_S:
            return round(self._unrest_edges / unrest_s)
        span_s = self._last_s - self._changes_s[0] if self._changes_s else 0.0
        if len(self._changes_s) > MOST_CHANGES and span_s <= WINDOW_S:
            return round(MOST_CHANGES / span_s)
        return None
