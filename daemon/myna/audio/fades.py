"""Sound that begins or ends within a few milliseconds, without a click. PURE.

A step in the waveform is a click; half a period of a cosine has neither a step nor a
corner. Gains are fractions of `UNITY`, as those of `volume`.
"""

from __future__ import annotations

from array import array
from functools import cache
from math import cos, pi
from typing import Final

from myna.audio.volume import UNITY
from myna_hardware.units import PLAYBACK_RATE_HZ, bytes_for, frames_for, frames_in

FADE: Final = frames_for(0.003, PLAYBACK_RATE_HZ)
"""Long enough not to click (tests/bench/bench_cut.py), too short to be heard as a fade; what a
cut takes is this and what the device holds (tests/bench/performance/playback.py)."""

CONCEAL: Final = frames_for(0.01, PLAYBACK_RATE_HZ)
"""How long the end of a torn sound dies away: one or two periods of a voice."""

TOUCH: Final = frames_for(0.001, PLAYBACK_RATE_HZ)
QUIET_PEAK: Final = 328
"""Sound that ends below this, -40 dB of full scale, may stop without a fade."""


def fade_out(pcm: bytes) -> bytes:
    """Return 16-bit `pcm`, falling to silence from its first to its last sample."""
    return _shaped(pcm, _fall(frames_in(pcm)))


def fade_in(pcm: bytes, at: int, frames: int) -> bytes:
    """Return `pcm` as the part of a rise over `frames` that begins `at` frames into it."""
    rise = _fall(frames)[::-1][at:]
    risen = bytes_for(len(rise))
    return _shaped(pcm[:risen], rise) + pcm[risen:]


def is_torn(pcm: bytes) -> bool:
    """Tell whether silence right after `pcm` would click."""
    end = array("h", pcm[-bytes_for(TOUCH) :])
    return max(map(abs, end), default=0) > QUIET_PEAK


def dying(pcm: bytes, frames: int) -> bytes:
    """Return what lets `pcm` die away: its end backwards, falling to silence.

    Backwards it goes on where the sound stopped, and keeps its pitch.
    """
    end = array("h", pcm[-bytes_for(frames) :])
    end.reverse()
    return fade_out(end.tobytes())


@cache
def _fall(frames: int) -> tuple[int, ...]:
    return tuple(round(UNITY * (1 + cos(pi * (at + 1) / (frames + 1))) / 2) for at in range(frames))


def _shaped(pcm: bytes, gains: tuple[int, ...]) -> bytes:
    samples = zip(array("h", pcm), gains, strict=False)
    return array("h", [sample * gain >> 15 for sample, gain in samples]).tobytes()
