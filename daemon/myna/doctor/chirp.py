"""A chirp, and finding it again in what was heard. PURE.

A sweep is like itself at one place only, so that its correlation with a recording is one
sharp peak at the moment at which it was heard, whatever a room has made of its levels
(matched filter; Farina, "Simultaneous measurement of impulse response and distortion with
a swept-sine technique", AES 2000).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from myna.audio.level import SILENCE_DBFS
from myna_hardware.units import PLAYBACK_RATE_HZ

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float64]]

LASTS_S: Final = 0.5
FADE_S: Final = 0.02
LOWEST_HZ: Final = 300.0
HIGHEST_HZ: Final = 4000.0
"""What small speakers and their microphones can do, and speech is made of."""

AMPLITUDE: Final = 0.25
"""-12 dBFS at its peaks, before the volume."""

LIKE: Final = 0.1
"""Noise comes as far as 0.05 (4.3 standard deviations of 8,000 samples: the most that is
expected of the 30,000 places of two seconds)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a stream, without gaps.

    Attributes:
        pcm: Mono, 16-bit.
        rate_hz: Its frames in a second.
        begins_s: When its first frame was in the air.
    """

    pcm: bytes
    rate_hz: int
    begins_s: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where the chirp is in a stretch.

    Attributes:
        at_s: When it began.
        dbfs: The level of what is there, less the noise around it.
        likeness: How like the chirp it is, 1 being equal.
    """

    at_s: float
    dbfs: float
    likeness: float


@dataclass(frozen=True, slots=True)
class LoopFigures:
    """From the speaker back into the microphone.

    Attributes:
        delay_ms: How much later than it was played it was heard.
        return_loss_db: How much softer.
        likeness: How like what was played what was heard is; see `LIKE`.
    """

    delay_ms: float
    return_loss_db: float
    likeness: float


def chirp_pcm() -> bytes:
    """Return the chirp as it is played: 24 kHz, mono, 16-bit."""
    return bytes((32767 * AMPLITUDE * _chirp(PLAYBACK_RATE_HZ)).round().astype("<i2").tobytes())


def measure_loop(played: Stretch, captured: Stretch) -> LoopFigures | None:
    """Compare what was played with what was heard; None where no chirp was played at all."""
    there, here = sighted(played), sighted(captured)
    if there is None or there.likeness < LIKE or here is None:
        return None
    return LoopFigures(
        delay_ms=round(1000 * (here.at_s - there.at_s), 1),
        return_loss_db=round(there.dbfs - here.dbfs, 1),
        likeness=round(here.likeness, 3),
    )


def sighted(stretch: Stretch) -> Sighting | None:
    """Look for the chirp; None where there is no room for one."""
    import numpy as np

    sound = np.frombuffer(stretch.pcm, "<i2").astype(np.float64) / 32768
    chirp = _chirp(stretch.rate_hz)
    length = len(chirp)
    if len(sound) < length:
        return None
    energies = _moving(sound, length)
    fits = np.abs(_correlated(sound, chirp)) / np.sqrt(energies * (chirp @ chirp) + 1e-12)
    best = int(np.argmax(fits))
    noise = _noise_power(sound, best, length)
    power = float(energies[best]) / length - noise
    dbfs = 10 * float(np.log10(power)) if power > 0 else SILENCE_DBFS
    at_s = stretch.begins_s + best / stretch.rate_hz
    return Sighting(at_s, max(dbfs, SILENCE_DBFS), float(fits[best]))


def _chirp(rate_hz: int) -> Samples:
    import numpy as np

    t = np.arange(round(LASTS_S * rate_hz)) / rate_hz
    turns = LOWEST_HZ * t + (HIGHEST_HZ - LOWEST_HZ) * t**2 / (2 * LASTS_S)
    fade = np.minimum(1, np.minimum(t, t[::-1]) / FADE_S)
    return np.asarray(np.sin(2 * np.pi * turns) * fade)


def _correlated(sound: Samples, chirp: Samples) -> Samples:
    """Return how well the chirp fits at each place of `sound` that has room for it."""
    import numpy as np

    size = 1 << (len(sound) + len(chirp)).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(chirp, size))
    return np.fft.irfft(spectrum, size)[: len(sound) - len(chirp) + 1]


def _moving(sound: Samples, length: int) -> Samples:
    """Return the energy of `length` samples from each place on."""
    import numpy as np

    sums = np.concatenate([[0.0], np.cumsum(sound**2)])
    return np.asarray(np.maximum(sums[length:] - sums[:-length], 0))


def _noise_power(sound: Samples, best: int, length: int) -> float:
    """Return the power of what was there before the chirp."""
    before = sound[max(0, best - length) : best]
    return float(before @ before) / len(before) if len(before) else 0.0
