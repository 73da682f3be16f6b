"""The periods between a device and whoever reads it."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

from myna_hardware.errors import HardwareError
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, CAPTURE_RATE_HZ, frames_for, frames_in

LIMIT_S: Final = 1.0
"""How long a reader may be away before frames are lost."""

LIMIT_PERIODS: Final = frames_for(LIMIT_S) // CAPTURE_PERIOD_FRAMES


class PeriodQueue:
    """A bounded queue of periods: when it is full, the oldest is lost and counted."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._periods: deque[tuple[bytes, float]] = deque()
        self._lost_frames = 0
        self._is_over = False
        self._error: HardwareError | None = None

    @property
    def lost_frames(self) -> int:
        """Frames lost so far, here and on the device."""
        return self._lost_frames

    def put(self, pcm: bytes, ends_s: float) -> None:
        """Add a period that ended at `ends_s`; never blocks."""
        with self._changed:
            self._periods.append((pcm, ends_s))
            if len(self._periods) > LIMIT_PERIODS:
                self._lost_frames += frames_in(self._periods.popleft()[0])
            self._changed.notify()

    def count_lost(self, seconds: float) -> None:
        """Count what the device lost in `seconds`."""
        with self._changed:
            self._lost_frames += frames_for(seconds, CAPTURE_RATE_HZ)

    def end(self) -> None:
        """Let `get` return b"" from now on."""
        with self._changed:
            self._is_over = True
            self._changed.notify()

    def fail(self, error: HardwareError) -> None:
        """Let `get` raise `error` once the periods before it are taken."""
        with self._changed:
            self._error = error
            self._changed.notify()

    def get(self, limit_s: float) -> tuple[bytes, float]:
        """Take the oldest period and when it ended, waiting for it; b"" at the end.

        Raises:
            HardwareError: What `fail` said.
            TimeoutError: There was none for `limit_s`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._error or self._periods, limit_s)
            if self._is_over:
                return b"", 0.0
            if self._periods:
                return self._periods.popleft()
            raise self._error or TimeoutError
