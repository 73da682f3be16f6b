"""How often a connection may be opened ahead of a conversation that may never come.

PURE. Theory of operation: each costs the server a handshake, and tells it that somebody
speaks here; a television speaks all day. So voice alone opens one every `INTERVAL_S` at
most, and `HOURLY` in any hour. A wake word is worth one in any case, and counts. After
one that did not open there is no network, or no server: none for `PAUSE_S`.
"""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Final

INTERVAL_S: Final = 20.0
HOURLY: Final = 30
HOUR_S: Final = 3_600.0
PAUSE_S: Final = 300.0


class Ration:
    """Keeps count; times are of any clock that only goes forward."""

    def __init__(self) -> None:
        self._opened_s: deque[float] = deque(maxlen=HOURLY)
        self._not_before_s = -inf

    def allows(self, now_s: float, *, is_called: bool) -> bool:
        """Return whether one may be opened now.

        Args:
            now_s: The time.
            is_called: By a wake word; else by a voice.
        """
        if now_s < self._not_before_s:
            return False
        return is_called or not (self._is_too_soon(now_s) or self._is_too_often(now_s))

    def note_opening(self, now_s: float) -> None:
        """One is being opened."""
        self._opened_s.append(now_s)

    def note_failure(self, now_s: float) -> None:
        """One did not open."""
        self._not_before_s = now_s + PAUSE_S

    def _is_too_soon(self, now_s: float) -> bool:
        return bool(self._opened_s) and now_s - self._opened_s[-1] < INTERVAL_S

    def _is_too_often(self, now_s: float) -> bool:
        return len(self._opened_s) == HOURLY and now_s - self._opened_s[0] < HOUR_S
