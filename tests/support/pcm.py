"""Sound that can be told apart, and time that passes when it is told to."""

from __future__ import annotations

import random
import threading
from array import array
from math import cos, pi, sin
from typing import Any

import numpy as np

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


EDGE = 12
"""Frames at either end of a sound that are smoothed together with what is around it."""

Samples = np.ndarray[Any, np.dtype[np.float64]]

PARTS = (0.0, 0.25, 0.5, 0.75)

LIKE = 0.985
"""Smoothed noise remains this much the same at any rate; lacking a sample, it does not."""

TONE_HZ = 440
TONE_LEVEL = 8000


def tone(rate_hz: int, seconds: float = 1.0) -> bytes:
    """Return a sine that swells and fades within 20 ms."""
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    swell = np.minimum(1, np.minimum(at, seconds - at) / 0.02)
    samples: bytes = (TONE_LEVEL * swell * np.sin(2 * np.pi * TONE_HZ * at)).astype("<i2").tobytes()
    return samples


def loudness_away_from_the_tone(pcm: bytes, rate_hz: int) -> float:
    """Return the largest sample that the tone, going on evenly, does not account for.

    A sine is known from two samples on; what is left is clicks, gaps and noise, as loud
    as they are, and of swelling and fading very little.
    """
    samples = np.frombuffer(pcm, dtype="<i2").astype(float)
    step = 2 * np.cos(2 * np.pi * TONE_HZ / rate_hz)
    return float(np.abs(samples[2:] - step * samples[1:-1] + samples[:-2]).max())


def sounding_s(pcm: bytes, rate_hz: int) -> float:
    """Return how long it is from the first sound to the last."""
    loud = np.flatnonzero(np.abs(np.frombuffer(pcm, dtype="<i2").astype(int)) > TONE_LEVEL // 100)
    return float(loud[-1] - loud[0]) / rate_hz if len(loud) else 0.0


def without_silence(pcm: bytes) -> bytes:
    """Return `pcm` from its first sample that is not 0 to its last."""
    sounding = np.flatnonzero(np.frombuffer(pcm, dtype="<i2"))
    return pcm[2 * sounding[0] : 2 * sounding[-1] + 2] if len(sounding) else b""


def find_sound(heard: bytes, wanted: bytes) -> int | None:
    """Return the frame of `heard` from which it is `wanted`, but for a change of rates.

    A change of rates may also move the sound by any part of a frame.
    """
    samples, sound = _smooth(heard), _smooth(wanted)[EDGE:-EDGE]
    if len(samples) < len(sound):
        samples = np.pad(samples, (0, len(sound) - len(samples)))
    likeness, start = max(_find(samples, _moved(sound, part)) for part in PARTS)
    return start - EDGE if likeness > LIKE else None


def _moved(sound: Samples, part: float) -> Samples:
    """Return `sound` by so much of a frame later."""
    return (1 - part) * sound + part * np.concatenate(([0.0], sound[:-1]))


def _find(samples: Samples, sound: Samples) -> tuple[float, int]:
    """Return how alike `sound` is to its likeliest place in `samples`, 1 at most, and that."""
    likeness = np.correlate(samples, sound, "valid")
    start = int(np.argmax(likeness))
    there = samples[start : start + len(sound)]
    scale = float(np.linalg.norm(sound) * np.linalg.norm(there))
    return float(likeness[start]) / scale if scale else 0.0, start


def _smooth(pcm: bytes) -> Samples:
    """Return what does not change with a shift by less than a sample, nor with the rate."""
    steps = np.diff(np.frombuffer(pcm, dtype="<i2").astype(float))
    return np.convolve(steps, np.hanning(12), "same")


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
