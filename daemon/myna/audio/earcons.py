"""Signal sounds, synthesised: a few notes each, at the speaker's rate. PURE."""

from __future__ import annotations

from array import array
from functools import cache
from math import pi, sin
from typing import Final

from myna_hardware.units import PLAYBACK_RATE_HZ, frames_for, silence

_PEAK: Final = 6000
_FADE_S: Final = 0.01


def note(hz: float, seconds: float) -> bytes:
    """Return one sine note with faded ends, so that it does not click."""
    frames = frames_for(seconds, PLAYBACK_RATE_HZ)
    fade = frames_for(_FADE_S, PLAYBACK_RATE_HZ)
    turn = 2 * pi * hz / PLAYBACK_RATE_HZ
    return array(
        "h",
        (int(_PEAK * min(1, i / fade, (frames - i) / fade) * sin(turn * i)) for i in range(frames)),
    ).tobytes()


@cache
def error_earcon() -> bytes:
    """Two falling notes: it did not work."""
    return note(440, 0.15) + note(330, 0.25)


@cache
def ring_earcon() -> bytes:
    """One second of an alarm: two bright beeps and a rest."""
    beep = note(880, 0.15)
    pause = silence(frames_for(0.1, PLAYBACK_RATE_HZ))
    rest = silence(frames_for(0.6, PLAYBACK_RATE_HZ))
    return beep + pause + beep + rest
