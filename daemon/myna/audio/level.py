"""How loud PCM is. PURE."""

from __future__ import annotations

from array import array
from math import log10
from operator import mul
from typing import Final

SILENCE_DBFS: Final = -96.0
"""What digital silence counts as: the bottom of 16 bits."""


def level_dbfs(pcm: bytes) -> float:
    """Return the RMS level of 16-bit `pcm` in dB of full scale, `SILENCE_DBFS` to 0."""
    samples = array("h", pcm)
    power = sum(map(mul, samples, samples))
    if power == 0:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 10 * log10(power / len(samples) / 32768**2))
