"""Sound that can be told apart, and time that passes when it is told to."""

from __future__ import annotations

import random
import threading
from array import array
from math import cos, pi, sin

from myna_hardware.pacing import Pacing
from myna_hardware.units import PLAYBACK_RATE_HZ


def noise(frames: int, seed: int = 1) -> bytes:
    """Return `frames` of noise without a single silent frame; every seed sounds different."""
    chance = random.Random(seed)  # noqa: S311  # test data
    return array("h", (chance.randint(1, 9000) for _ in range(frames))).tobytes()


def note(hz: float, seconds: float, peak: int = 6000, fade_s: float = 0.01) -> bytes:
    """Return a sine at 24 kHz whose ends are faded, so that it may be cut off there."""
    frames, fade = round(seconds * PLAYBACK_RATE_HZ), round(fade_s * PLAYBACK_RATE_HZ)

    def gain(at: int) -> float:
        return (1 - cos(pi * min(1, at / fade, (frames - at) / fade))) / 2

    turn = 2 * pi * hz / PLAYBACK_RATE_HZ
    return array("h", (int(peak * gain(at) * sin(turn * at)) for at in range(frames))).tobytes()


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
