"""How loud PCM is. PURE."""

from __future__ import annotations

from array import array
from math import log10
from operator import mul
from typing import Final

SILENCE_DBFS: Final = -96.0
"""What digital silence counts as: the bottom of 16 bits."""


QUIET_DBFS: Final = -50.0
LOUD_DBFS: Final = -15.0
FALL_PER_S: Final = 2.0
"""From full to nothing in half a second: what follows it does not flicker with syllables
(WCAG 2.2, success criterion 2.3.1)."""

TOLD_EVERY_S: Final = 0.1


class LevelMeter:
    """How loud a voice is as the eye wants to see it: up at once, down slowly."""

    def __init__(self) -> None:
        self._level = 0.0
        self._untold_s = 0.0

    def feed(self, dbfs: float, seconds: float) -> float | None:
        """Take one period; return the level, 0 to 1, when it is time to tell it again."""
        now = (dbfs - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS)
        self._level = max(min(1.0, now), self._level - FALL_PER_S * seconds, 0.0)
        self._untold_s += seconds
        if self._untold_s < TOLD_EVERY_S - seconds / 2:
            return None
        self._untold_s = 0.0
        return self._level


def level_dbfs(pcm: bytes) -> float:
    """Return the RMS level of 16-bit `pcm` in dB of full scale, `SILENCE_DBFS` to 0."""
    samples = array("h", pcm)
    power = sum(map(mul, samples, samples))
    if power == 0:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 10 * log10(power / len(samples) / 32768**2))
