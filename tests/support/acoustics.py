"""What happens to sound between a loudspeaker and a microphone beside it. PURE.

A block of 10 ms at a time, so that the running room (room.py) and the offline one are
the same arithmetic: the loudspeaker's 24 kHz go in, the microphone's 16 kHz come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log10
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from myna_hardware.units import (
    CAPTURE_RATE_HZ,
    PLAYBACK_RATE_HZ,
    bytes_for,
    frames_for,
    frames_in,
    silence,
)

Samples: TypeAlias = npt.NDArray[np.float32]

BLOCK_FRAMES: Final = frames_for(0.01)
FAR_BLOCK_FRAMES: Final = frames_for(0.01, PLAYBACK_RATE_HZ)
FULL_SCALE: Final = 32_768.0
NOISE_DBFS: Final = -65.0
"""Hiss of a cheap microphone in a quiet room."""

_TAPS: Final = 96
_CUTOFF_HZ: Final = 7_400.0
RESAMPLER_S: Final = _TAPS / 2 / 48_000
_ACTIVE_DB: Final = 25.0
"""Quieter than the loudest 10 ms by this much is a pause (ITU-T P.56 in short)."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where the speaker stands.

    Attributes:
        delay_s: From the loudspeaker's sample to the first of its echo.
        rt60_s: Until the reverberation has lost 60 dB.
        direct_db: The direct sound over the whole reverberation.
        seed: Every seed is another room of this kind.
    """

    delay_s: float
    rt60_s: float
    direct_db: float
    seed: int = 1

    def response(self, sooner_s: float = 0.0) -> Samples:
        """Return the impulse response at 16 kHz: speech through it keeps its level.

        Args:
            sooner_s: Part of the delay that comes about elsewhere.
        """
        delay = max(0, frames_for(self.delay_s - sooner_s))
        tail_frames = frames_for(self.rt60_s)
        decay = 10 ** (-3 * np.arange(1, tail_frames + 1) / tail_frames)
        tail = np.random.default_rng(self.seed).standard_normal(tail_frames) * decay
        tail *= 10 ** (-self.direct_db / 20) / np.sqrt(np.sum(tail**2))
        response = np.concatenate([np.zeros(delay), [1.0], tail])
        return (response / _speech_gain(response)).astype(np.float32)


ROOMS: Final[Mapping[str, Room]] = {
    "desk": Room(0.040, 0.150, 6.0, seed=1),
    "living": Room(0.080, 0.300, 6.0, seed=2),
    "kitchen": Room(0.120, 0.500, 6.0, seed=3),
}


@dataclass(frozen=True, slots=True)
class Coupling:
    """How the loudspeaker reaches the microphone.

    Attributes:
        room: Where both stand.
        gain_db: Level at the microphone over the level that was played; None for no echo.
        clips_dbfs: Where the loudspeaker bends; None for a perfect one.
        noise_dbfs: Hiss of the microphone; None for a silent one.
    """

    room: Room
    gain_db: float | None = -3.0
    clips_dbfs: float | None = None
    noise_dbfs: float | None = NOISE_DBFS


class Air:
    """One loudspeaker, one room, one microphone.

    Args:
        coupling: What they are like.
        sooner_s: Part of the room's delay that comes about elsewhere.
    """

    def __init__(self, coupling: Coupling, sooner_s: float = 0.0) -> None:
        self._coupling = coupling
        self._resampler = _Resampler()
        self._convolver = _Convolver(coupling.room.response(sooner_s + RESAMPLER_S))
        self._chance = np.random.default_rng(coupling.room.seed + 1000)

    def echo(self, far: bytes) -> bytes:
        """Take what the loudspeaker plays in 10 ms; return its echo at the microphone."""
        gain_db = self._coupling.gain_db
        if gain_db is None:
            return silence(BLOCK_FRAMES)
        samples = self._bend(from_pcm(far))
        echo = self._convolver.feed(self._resampler.feed(samples))
        return to_pcm(echo * 10 ** (gain_db / 20))

    def mix(self, echo: bytes, voice: bytes) -> bytes:
        """Return what the microphone captures of a block of each; the voice stays bit-exact."""
        total = np.frombuffer(echo, "<i2").astype(np.int32) + np.frombuffer(voice, "<i2")
        if self._coupling.noise_dbfs is not None:
            rms = FULL_SCALE * 10 ** (self._coupling.noise_dbfs / 20)
            total += np.round(self._chance.normal(0, rms, len(total))).astype(np.int32)
        return _rounded(total)

    def _bend(self, samples: Samples) -> Samples:
        if self._coupling.clips_dbfs is None:
            return samples
        limit = 10 ** (self._coupling.clips_dbfs / 20)
        bent: Samples = (limit * np.tanh(samples / limit)).astype(np.float32)
        return bent


@dataclass(frozen=True, slots=True)
class Captured:
    """The same stretch of time, three times: 16 kHz PCM.

    Attributes:
        microphone: Everything.
        echo: The loudspeaker's part alone.
        voice: The person's part alone.
    """

    microphone: bytes
    echo: bytes
    voice: bytes

    def part(self, first: int, frames: int) -> Captured:
        """Return the frames from `first` on."""
        where = slice(bytes_for(first), bytes_for(first + frames))
        return Captured(self.microphone[where], self.echo[where], self.voice[where])


def captured(far: bytes, near: bytes, coupling: Coupling) -> Captured:
    """Return what a microphone captures while `far` is played and `near` is said.

    Args:
        far: 24 kHz, from the first captured frame on.
        near: 16 kHz, likewise; the shorter of the two is followed by silence.
        coupling: The room between them.
    """
    air = Air(coupling)
    blocks = max(-(-frames_in(far) // FAR_BLOCK_FRAMES), -(-frames_in(near) // BLOCK_FRAMES))
    voice = near.ljust(bytes_for(blocks * BLOCK_FRAMES), b"\0")
    far = far.ljust(bytes_for(blocks * FAR_BLOCK_FRAMES), b"\0")
    size, far_size = bytes_for(BLOCK_FRAMES), bytes_for(FAR_BLOCK_FRAMES)
    echo = [air.echo(far[at * far_size : (at + 1) * far_size]) for at in range(blocks)]
    mixed = [air.mix(echo[at], voice[at * size : (at + 1) * size]) for at in range(blocks)]
    return Captured(b"".join(mixed), b"".join(echo), voice)


def from_pcm(pcm: bytes) -> Samples:
    """Return 16-bit PCM as samples of full scale 1.0."""
    return (np.frombuffer(pcm, "<i2") / FULL_SCALE).astype(np.float32)


def to_pcm(samples: Samples) -> bytes:
    """Return samples of full scale 1.0 as 16-bit PCM, clipped where they are too large."""
    return _rounded(np.round(samples * FULL_SCALE))


def _rounded(whole: npt.NDArray[np.generic]) -> bytes:
    return bytes(np.clip(whole, -32768, 32767).astype("<i2").tobytes())


def amplified(pcm: bytes, gain_db: float) -> bytes:
    """Return `pcm` louder by `gain_db`; 0 leaves every bit in place."""
    return pcm if gain_db == 0 else to_pcm(from_pcm(pcm) * np.float32(10 ** (gain_db / 20)))


def rms_dbfs(pcm: bytes) -> float:
    """Return the level of all of `pcm`, in dB of full scale."""
    return _decibels(float(np.mean(from_pcm(pcm).astype(np.float64) ** 2)))


def active_dbfs(pcm: bytes, rate_hz: int = CAPTURE_RATE_HZ) -> float:
    """Return the level of the speech in `pcm` without its pauses, in dB of full scale."""
    window = frames_for(0.01, rate_hz)
    samples = from_pcm(pcm).astype(np.float64)
    whole = samples[: len(samples) // window * window].reshape(-1, window)
    powers = np.square(whole).mean(axis=1)
    least = float(np.max(powers)) * 10 ** (-_ACTIVE_DB / 10)
    return _decibels(float(np.mean(powers[powers > least])))


def _decibels(power: float) -> float:
    return 10 * log10(max(power, 1e-12))


def _speech_gain(response: npt.NDArray[np.float64]) -> float:
    """Return how much louder speech is behind `response`: its spectrum falls from 500 Hz on."""
    spectrum = np.abs(np.fft.rfft(response)) ** 2
    hz = np.fft.rfftfreq(len(response), 1 / CAPTURE_RATE_HZ)
    weight = (hz > 80) / (1 + (hz / 500) ** 2)
    return float(np.sqrt(np.sum(spectrum * weight) / np.sum(weight)))


class _Resampler:
    """24 kHz to 16 kHz, a block at a time, late by `RESAMPLER_S` and never by more.

    Up by two, down by three; the libraries' streams are late by 20 to 40 ms.
    """

    def __init__(self) -> None:
        at = np.arange(_TAPS + 1) - _TAPS / 2
        taps = np.sinc(2 * _CUTOFF_HZ / 48_000 * at) * np.kaiser(_TAPS + 1, 8.0)
        taps *= 2 / taps.sum()
        self._even = taps[::2]
        self._odd = taps[1::2]
        self._past = np.zeros(len(self._even), np.float32)

    def feed(self, samples: Samples) -> Samples:
        """Take 24 kHz, a whole number of three frames; return two for each three."""
        known = np.concatenate([self._past, samples])
        self._past = known[-len(self._even) :]
        start = len(self._even)
        out = np.empty(len(samples) * 2 // 3, np.float32)
        out[::2] = np.convolve(known, self._even)[start : len(known) : 3]
        out[1::2] = np.convolve(known, self._odd)[start + 1 : len(known) : 3]
        return out


class _Convolver:
    """A long response in blocks of 10 ms: overlap-save in equal partitions."""

    def __init__(self, response: Samples) -> None:
        count = -(-len(response) // BLOCK_FRAMES)
        padded = np.zeros(count * BLOCK_FRAMES, np.float32)
        padded[: len(response)] = response
        parts = padded.reshape(count, BLOCK_FRAMES)
        self._response = np.fft.rfft(parts, 2 * BLOCK_FRAMES, axis=1)
        self._spectra = np.zeros_like(self._response)
        self._before = np.zeros(BLOCK_FRAMES, np.float32)

    def feed(self, block: Samples) -> Samples:
        """Take the next block; return the block that sounds at the same time."""
        self._spectra = np.roll(self._spectra, 1, axis=0)
        self._spectra[0] = np.fft.rfft(np.concatenate([self._before, block]))
        self._before = block
        total = np.sum(self._spectra * self._response, axis=0)
        sound: Samples = np.fft.irfft(total)[BLOCK_FRAMES:].astype(np.float32)
        return sound
