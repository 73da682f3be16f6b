"""How much faster the speaker's clock runs than the microphone's. PURE.

Two cards have two crystals, some 50 ppm apart. At that drift a canceller hears the echo
move by a sample every 1.3 s, and Speex lets through a fifth of the wake words that it
otherwise lets be heard (measured at 50 ppm: 77 of 97). So the drift is learned from how
the two streams move against each other within a reply, and the reference is resampled by
it. Between devices of one card, and with a sound server, which paces both, there is none,
and what jitter pretends points one way in one reply and another way in the next: only
what several replies agree upon is believed.
"""

from __future__ import annotations

from statistics import median
from typing import Final

from myna_hardware.units import CAPTURE_RATE_HZ

SETTLE_S: Final = 2.0
"""At the start of a reply the averages still move."""

SHORTEST_S: Final = 2.0
"""A stretch that tells something: a movement of 0.1 ms in it is one of 50 ppm."""

WITNESSES: Final = 8
"""Replies that have to agree; by chance they do so once in 128 times."""

LEAST_PPM: Final = 15.0
LIMIT_PPM: Final = 300.0
"""More is no crystal, but a device that lies."""


class Drift:
    """Learns over replies; `ppm` is what is known by now."""

    def __init__(self) -> None:
        self.ppm = 0.0
        self._begin: tuple[float, float] | None = None
        self._last: tuple[float, float] = (0.0, 0.0)
        self._age_s = 0.0
        self._found: list[float] = []

    def begin(self) -> None:
        """A reply begins, or goes on after a jump; what was seen before it is weighed."""
        if self._begin is not None and self._last[1] - self._begin[1] >= SHORTEST_S:
            moved = self._last[0] - self._begin[0]
            lasted_s = self._last[1] - self._begin[1]
            self._found.append(-1e6 * moved / lasted_s / CAPTURE_RATE_HZ)
        if len(self._found) >= WITNESSES:
            self._learn()
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

    def _learn(self) -> None:
        found = median(self._found)
        do_agree = all(each * found > 0 for each in self._found)
        if do_agree and abs(found) >= LEAST_PPM:
            self.ppm = max(-LIMIT_PPM, min(LIMIT_PPM, self.ppm + found))
        self._found.clear()
