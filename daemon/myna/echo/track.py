"""One stream's place on the clock that microphone and speaker share. PURE.

Pieces of a stream follow each other without a gap, but the times at which a device says
that they ended jitter a little, and an echo canceller loses its filter when its reference
jumps by a millisecond. So a stream is laid down piece after piece, and how far the told
times lie from that is only averaged. A jump is taken for real when it is longer than any
jitter: the device was opened anew, has starved, or has lost frames.
"""

from __future__ import annotations

from typing import Final

from myna_hardware.units import CAPTURE_RATE_HZ, frames_for

JUMP: Final = frames_for(0.003)
"""The drivers' times jitter by 0.2 ms on PulseAudio (tests/bench/bench_timestamps.py)."""

SMOOTHING_S: Final = 2.0
"""Time constant of the average, in seconds of sound."""


class Track:
    """Follows one stream, piece by piece; positions are frames at 16 kHz since time 0.

    Attributes:
        has_jumped: Whether the last piece does not follow the one before.
    """

    def __init__(self) -> None:
        self._next: int | None = None
        self._error = self._last_error = 0.0
        self.has_jumped = False

    @property
    def error_frames(self) -> float:
        """How much later the pieces end than they were laid down, on average."""
        return self._error

    def advance(self, frames: int, ends_s: float) -> int:
        """Lay down the next piece, and return where it begins.

        Args:
            frames: How long it is, at 16 kHz.
            ends_s: When it ends, as the device tells.
        """
        told = round(ends_s * CAPTURE_RATE_HZ) - frames
        self.has_jumped = self._next is None or abs(told - self._next) > JUMP
        if self._next is None or self.has_jumped:
            self._next, self._error = told, 0.0
        self._last_error = told - self._next
        share = min(1.0, frames / CAPTURE_RATE_HZ / SMOOTHING_S)
        self._error += share * (self._last_error - self._error)
        begins = self._next
        self._next = begins + frames
        return begins

    def settle(self) -> None:
        """Take the last time that was told for true: once it may be relied upon."""
        if self._next is not None:
            self._next += round(self._last_error)
            self._error = self._last_error = 0.0
