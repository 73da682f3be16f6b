"""Volume as people turn it, and as samples are scaled by it. PURE."""

from __future__ import annotations

from array import array
from typing import Final

UNITY: Final = 1 << 15
_RANGE_DB: Final = 50.0


def gain_for(percent: int) -> int:
    """Return the gain of `percent` (0 to 100) as a fraction of `UNITY`.

    The curve is even in decibels over 50 dB, as loudness is heard; 0 is silent.
    """
    if percent <= 0:
        return 0
    return round(UNITY * 10 ** (_RANGE_DB * (percent / 100 - 1) / 20))


def scale(pcm: bytes, gain: int) -> bytes:
    """Return `pcm` (16-bit) times `gain / UNITY`; unity passes the bytes through."""
    if gain >= UNITY:
        return pcm
    return array("h", [sample * gain >> 15 for sample in array("h", pcm)]).tobytes()
