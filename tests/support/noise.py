"""Noise of several colours, and recorded speech in it."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from itertools import accumulate, pairwise
from math import log10, pi, sin
from random import Random
from typing import Final

from myna.audio.level import level_dbfs
from myna_hardware.units import CAPTURE_RATE_HZ, bytes_for, frames_for

FULL_SCALE: Final = 32_767
PAUSE_DB: Final = 25.0
"""So far under the loudest 20 ms, speech pauses."""

Samples = list[float]


def white(frames: int, chance: Random) -> Samples:
    """Return white noise."""
    return [chance.gauss(0, 1) for _ in range(frames)]


def pink(frames: int, chance: Random) -> Samples:
    """Return pink noise: Paul Kellet's economy filter over white noise."""
    slow = medium = quick = 0.0
    noise = []
    for each in white(frames, chance):
        slow = 0.99765 * slow + 0.0990460 * each
        medium = 0.96300 * medium + 0.2965164 * each
        quick = 0.57000 * quick + 1.0526913 * each
        noise.append(slow + medium + quick + 0.1848 * each)
    return noise


def hum(frames: int, _chance: Random) -> Samples:
    """Return the hum of the mains with four harmonics."""
    parts = ((50, 1.0), (100, 0.8), (150, 0.5), (200, 0.3), (300, 0.2))
    return [
        sum(share * sin(2 * pi * hz * frame / CAPTURE_RATE_HZ) for hz, share in parts)
        for frame in range(frames)
    ]


NOISES: Final[dict[str, Callable[[int, Random], Samples]]] = {
    "white": white,
    "pink": pink,
    "hum": hum,
}


def active_dbfs(pcm: bytes) -> float:
    """Return the level of the speech in `pcm` without its pauses."""
    bounds = range(0, len(pcm) + 1, bytes_for(frames_for(0.02)))
    levels = [level_dbfs(pcm[start:end]) for start, end in pairwise(bounds)]
    powers = [10 ** (level / 10) for level in levels if level > max(levels) - PAUSE_DB]
    return 10 * log10(sum(powers) / len(powers))


def in_noise(pcm: bytes, kind: str, noise_dbfs: float) -> bytes:
    """Return 16 kHz `pcm` with noise of `kind` over all of it; the same on every run."""
    speech = array("h", pcm)
    chance = Random(kind)  # noqa: S311 - the same noise on every run, no secret
    noise = NOISES[kind](len(speech), chance)
    *_, power = accumulate(each * each for each in noise)
    gain = FULL_SCALE * 10 ** (noise_dbfs / 20) / (power / len(noise)) ** 0.5
    mixed = (sample + gain * each for sample, each in zip(speech, noise, strict=True))
    return array("h", (max(-FULL_SCALE, min(FULL_SCALE, round(each))) for each in mixed)).tobytes()
