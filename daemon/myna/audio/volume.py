"""Volume as people turn it, and as samples are scaled by it. PURE."""

from __future__ import annotations

from array import array
from typing import Final

from myna_hardware.units import frames_in

UNITY: Final = 1 << 15
_RANGE_DB: Final = 50.0
_FINE: Final = 15
"""Bits by which a gliding gain is finer than one that stands."""


def gain_for(percent: int) -> int:
    """Return the gain of `percent` (0 to 100) as a fraction of `UNITY`.

    The curve is even in decibels over 50 dB, as loudness is heard; 0 is silent.
    """
    return 0 if percent <= 0 else gain_of_db(_RANGE_DB * (percent / 100 - 1))


def gain_of_db(db: float) -> int:
    """Return the gain of `db` decibels, at most 0, as a fraction of `UNITY`."""
    return round(UNITY * 10 ** (db / 20))


def scale(pcm: bytes, gain: int) -> bytes:
    """Return `pcm` (16-bit) times `gain / UNITY`; unity passes the bytes through."""
    if gain >= UNITY:
        return pcm
    return array("h", [sample * gain >> 15 for sample in array("h", pcm)]).tobytes()


class Glide:
    """A gain that moves to its aim in small steps, for one that jumps is heard.

    Args:
        gain: Where it begins.
    """

    def __init__(self, gain: int) -> None:
        self._gain = gain
        self._aim = gain
        self._frames_left = 0

    @property
    def aim(self) -> int:
        """Where it moves to."""
        return self._aim

    def move_to(self, gain: int, frames: int) -> None:
        """Move to `gain` over the next `frames` frames; 0 jumps."""
        self._aim = gain
        self._frames_left = frames
        if not frames:
            self._gain = gain

    def scale(self, pcm: bytes) -> bytes:
        """Return the next `pcm` times the gain."""
        frames = min(frames_in(pcm), self._frames_left)
        if not frames:
            return scale(pcm, self._gain)
        step = ((self._aim - self._gain) << _FINE) // self._frames_left
        first = self._gain << _FINE
        ramp = range(first, first + frames * step, step) if step else [first] * frames
        samples = array("h", pcm)
        moved = [sample * gain >> 30 for sample, gain in zip(samples, ramp, strict=False)]
        self._frames_left -= frames
        self._gain = (first + frames * step) >> _FINE if self._frames_left else self._aim
        return array("h", moved).tobytes() + scale(samples[frames:].tobytes(), self._gain)
