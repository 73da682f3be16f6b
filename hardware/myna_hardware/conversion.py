"""Between the sound of the Live API and what a device takes, through soxr.

Quality LQ, which is transparent for speech (a sine is at most 4 of 32,768 off) and
quick. soxr works in blocks where it changes a rate by 2 or 3: 20 ms at a time unless
told otherwise, by an environment variable only. To play at 48 kHz that is avoided by
way of 44.1 kHz: 1.3 ms late, always, for 3 ms of processor time a second. Measured
with soxr 1.1.0 by tests/bench/bench_conversion.py.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from myna_hardware.errors import DriverMissingError
from myna_hardware.sound_format import SoundFormat
from myna_hardware.units import SAMPLE_BYTES

if TYPE_CHECKING:
    import numpy as np

    Samples: TypeAlias = np.ndarray[Any, np.dtype[np.int16]]

QUALITY: Final = "LQ"
SMALLEST_BLOCK: Final = ("SOXR_MIN_DFT_SIZE", "8")
"""Blocks of 2^8 frames at least: up to 10 ms late, the least that soxr does."""

HALFWAY_HZ: Final = 44_100
"""A rate on the way from 24 to 48 kHz to which, and from which, soxr needs no blocks."""

DIGITAL_SILENCE: Final = 8
"""No microphone is this quiet, but a channel without one is, bits of dither included."""


def is_soxr_installed() -> bool:
    """Tell whether rates can be converted here."""
    return find_spec("soxr") is not None


class ToDevice:
    """Mono of one rate to what a device takes, in pieces that join without a click.

    Args:
        own_hz: The rate of what comes in.
        sound: What the device takes.

    Raises:
        DriverMissingError: The rates differ and soxr is not installed.
    """

    def __init__(self, own_hz: int, sound: SoundFormat) -> None:
        self._own_hz = own_hz
        self._sound = sound
        self._stages = _stages(own_hz, sound.rate_hz)
        self._pending_s = 0.0

    @property
    def pending_s(self) -> float:
        """How much sound has come in and not yet gone out."""
        return self._pending_s

    def convert(self, pcm: bytes) -> bytes:
        """Return what of `pcm`, and of what came before, is ready for the device."""
        return self._take(pcm, is_last=False)

    def end(self) -> bytes:
        """Return the rest, and begin anew."""
        rest = self._take(b"", is_last=True)
        self.reset()
        return rest

    def reset(self) -> None:
        """Begin anew: what is pending is dropped."""
        for stage in self._stages:
            stage.clear()
        self._pending_s = 0.0

    def _take(self, pcm: bytes, *, is_last: bool) -> bytes:
        if not self._stages and self._sound.channels == 1:
            return pcm
        came_s = len(pcm) / SAMPLE_BYTES / self._own_hz
        mono = _resample(self._stages, _samples(pcm), is_last=is_last)
        self._pending_s += came_s - self._sound.seconds_for(len(mono))
        return mono.repeat(self._sound.channels).tobytes()


class FromDevice:
    """What a device gives to mono of one rate, in pieces that join without a click.

    Channels are averaged: a second capsule brings down the noise. Those that have been
    digitally silent so far do not count, for a stereo interface with one capsule would
    lose half its level by them.

    Args:
        sound: What the device gives.
        own_hz: The rate of what goes out.

    Raises:
        DriverMissingError: The rates differ and soxr is not installed.
    """

    def __init__(self, sound: SoundFormat, own_hz: int) -> None:
        self._sound = sound
        self._own_hz = own_hz
        self._stages = _stages(sound.rate_hz, own_hz)
        self._alive: list[int] = []
        self._pending_s = 0.0

    @property
    def pending_s(self) -> float:
        """How much sound has come in and not yet gone out."""
        return self._pending_s

    def convert(self, pcm: bytes) -> bytes:
        """Return what of `pcm`, and of what came before, is ready."""
        if not self._stages and self._sound.channels == 1:
            return pcm
        came_s = self._sound.seconds_for(self._sound.frames_in(pcm))
        mono = _resample(self._stages, self._mix(_samples(pcm)), is_last=False)
        self._pending_s += came_s - len(mono) / self._own_hz
        return mono.tobytes()

    def _mix(self, samples: Samples) -> Samples:
        if self._sound.channels == 1:
            return samples
        frames = samples.reshape(-1, self._sound.channels)
        if len(self._alive) < self._sound.channels:
            peaks = abs(frames.astype("int32")).max(axis=0, initial=0)
            sounding = {at for at, peak in enumerate(peaks) if peak > DIGITAL_SILENCE}
            self._alive = sorted(sounding | set(self._alive))
        mixed: Samples = frames[:, self._alive or [0]].mean(axis=1).astype("int16")
        return mixed


def _stages(from_hz: int, to_hz: int) -> list[Any]:
    """Return soxr's streams, one behind the other, that lead from one rate to the other."""
    if from_hz == to_hz:
        return []
    os.environ.setdefault(*SMALLEST_BLOCK)
    try:
        import soxr
    except ImportError as error:
        raise DriverMissingError("sound", "soxr", "pip install soxr") from error
    rates_hz = [from_hz, to_hz]
    if to_hz == 2 * from_hz:
        rates_hz.insert(1, HALFWAY_HZ)
    return [
        soxr.ResampleStream(before_hz, after_hz, 1, dtype="int16", quality=QUALITY)
        for before_hz, after_hz in pairwise(rates_hz)
    ]


def _resample(stages: list[Any], samples: Samples, *, is_last: bool) -> Samples:
    for stage in stages:
        samples = stage.resample_chunk(samples, last=is_last)
    return samples


def _samples(pcm: bytes) -> Samples:
    import numpy as np

    return np.frombuffer(pcm, dtype="<i2")
