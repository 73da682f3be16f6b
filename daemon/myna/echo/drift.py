"""How much faster the speaker's clock runs than the microphone's. PURE.

Two cards have two crystals, some 50 ppm apart. At that drift a canceller hears the echo
move by a sample every 1.3 s, and Speex lets through a fifth of the wake words that it
otherwise lets be heard (audio measured at 50 ppm: 77 of 97). So the drift is learned from
how the two streams move against each other while something plays, over many replies,
and the reference is resampled by it. Between devices of one card, and with a sound
server, which paces both, there is none; what jitter pretends stays below `STEP`.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

from myna_hardware.units import CAPTURE_RATE_HZ

SETTLE_S: Final = 1.0
"""At the start of a reply the averages still move."""

STEP: Final = 16.0
"""Frames (1 ms) of movement within one reply that are believed: five times what jitter
leaves of a second. What jitter adds over replies grows with the root of their number."""

LIMIT_PPM: Final = 500.0
"""More is no crystal, but a device that lies."""


class Drift:
    """Learns over replies; `ppm` is what is known by now."""

    def __init__(self) -> None:
        self.ppm = 0.0
        self._moved = 0.0
        self._lasted_s = 0.0
        self._replies = 0
        self._begin: tuple[float, float] | None = None
        self._last: tuple[float, float] = (0.0, 0.0)
        self._age_s = 0.0

    def begin(self) -> None:
        """A reply begins; what was seen of the one before counts."""
        self._collect()
        self._replies += 1
        self._begin = None
        self._age_s = 0.0

    def observe(self, offset_frames: float, seconds: float) -> None:
        """Take the averaged distance of the two streams after `seconds` more of a reply."""
        self._age_s += seconds
        if self._age_s < SETTLE_S:
            return
        if self._begin is None:
            self._begin = (offset_frames, self._age_s)
        self._last = (offset_frames, self._age_s)
        if abs(self._moved + offset_frames - self._begin[0]) >= STEP * sqrt(self._replies):
            self._collect()
            self._learn()

    def _collect(self) -> None:
        if self._begin is not None:
            self._moved += self._last[0] - self._begin[0]
            self._lasted_s += self._last[1] - self._begin[1]
            self._begin = self._last

    def _learn(self) -> None:
        if self._lasted_s > 0:
            found = -1e6 * self._moved / self._lasted_s / CAPTURE_RATE_HZ
            self.ppm = max(-LIMIT_PPM, min(LIMIT_PPM, self.ppm + found))
        self._moved = self._lasted_s = 0.0
        self._replies = 1
