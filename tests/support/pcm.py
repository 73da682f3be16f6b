"""Sound that can be told apart, and time that passes when it is told to."""

from __future__ import annotations

import random
import threading
from array import array

from myna_hardware.pacing import Pacing


def noise(frames: int, seed: int = 1) -> bytes:
    """Return `frames` of noise without a single silent frame; every seed sounds different."""
    chance = random.Random(seed)  # noqa: S311  # test data
    return array("h", (chance.randint(1, 9000) for _ in range(frames))).tobytes()


class SteppedTime:
    """A clock that moves only when somebody waits, or by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def clock(self) -> float:
        """Return the time, in seconds."""
        return self.now_s

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Let `seconds` pass at once, unless `event` is set."""
        if not event.is_set():
            self.now_s += seconds
        return event.is_set()

    def pacing(self, rate_hz: int) -> Pacing:
        """Return a pacing by this clock."""
        return Pacing(rate_hz, self.clock, self.wait)
