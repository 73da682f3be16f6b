"""When to speak of xruns, and when to ask for a larger buffer. PURE."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

MINUTE_S: Final = 60.0
MANY: Final = 10
"""Xruns in a minute that are no accident any more."""

MOST_BUFFER_PERIODS: Final = 4
"""80 ms: longer, and the speaker would be heard to react late."""


@dataclass(frozen=True, slots=True)
class XrunVerdict:
    """What is to be done after some xruns.

    Attributes:
        told: How many to log, those since the last time; 0: nothing is to be said now.
        must_grow: Whether the device is to be opened again with `Xruns.buffer_periods`,
            which has just been doubled.
    """

    told: int = 0
    must_grow: bool = False


NOTHING: Final = XrunVerdict()


class Xruns:
    """Counts the xruns of one device, over all its openings.

    Attributes:
        buffer_periods: How large a buffer the device is to be opened with; give it to
            `Body.open_microphone` or `Body.open_speaker`.
    """

    def __init__(self) -> None:
        self.buffer_periods = 1
        self._recent_s: deque[float] = deque(maxlen=MANY)
        self._untold = 0
        self._quiet_until_s = 0.0

    def add(self, count: int, now_s: float) -> XrunVerdict:
        """Count `count` more xruns; call it now and then with 0, for what is yet untold.

        Args:
            count: Xruns since the last call.
            now_s: The time, on any clock that does not jump.
        """
        self._untold += count
        self._recent_s.extend([now_s] * min(count, MANY))
        if not self._untold:
            return NOTHING
        return XrunVerdict(self._tell(now_s), self._grow(now_s))

    def _tell(self, now_s: float) -> int:
        if now_s < self._quiet_until_s:
            return 0
        told, self._untold = self._untold, 0
        self._quiet_until_s = now_s + MINUTE_S
        return told

    def _grow(self, now_s: float) -> bool:
        is_too_much = len(self._recent_s) == MANY and now_s - self._recent_s[0] < MINUTE_S
        if not is_too_much or self.buffer_periods >= MOST_BUFFER_PERIODS:
            return False
        self.buffer_periods *= 2
        self._recent_s.clear()
        return True
