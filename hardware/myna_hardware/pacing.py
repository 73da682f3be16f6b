"""Real time for devices that have none of their own: files and simulations."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeAlias

from myna_hardware.units import Frames, frames_for, seconds_for

Clock: TypeAlias = Callable[[], float]
"""Returns seconds that never jump."""

Wait: TypeAlias = Callable[[threading.Event, float], bool]
"""Waits for an event, for at most so many seconds; says whether it is set."""


class Pacing:
    """Frames that pass at a constant rate from now on, and waiting for one of them.

    Every wait ends at a deadline counted from the start, so that delays do not add up.

    Args:
        rate_hz: Frames a second.
        clock: The time; the system's monotonic clock if not given.
        wait: How to wait; really if not given.
    """

    def __init__(
        self, rate_hz: int, clock: Clock = time.monotonic, wait: Wait = threading.Event.wait
    ) -> None:
        self._rate_hz = rate_hz
        self._clock = clock
        self._wait = wait
        self._interrupted = threading.Event()
        self._start_s = clock()

    @property
    def now(self) -> Frames:
        """How many frames have passed."""
        return frames_for(self._clock() - self._start_s, self._rate_hz)

    def time_of(self, frame: int) -> float:
        """Return the clock's time at which `frame` frames will have passed, or had."""
        return self._start_s + seconds_for(frame, self._rate_hz)

    def wait_until(self, frame: int) -> bool:
        """Block until `frame` frames have passed; False if interrupted before that."""
        deadline_s = self.time_of(frame)
        while (rest_s := deadline_s - self._clock()) > 0:
            if self._wait(self._interrupted, rest_s):
                return False
        return not self._interrupted.is_set()

    def interrupt(self) -> None:
        """End every wait, now and later; from any thread."""
        self._interrupted.set()
