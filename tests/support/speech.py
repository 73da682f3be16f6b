"""The recorded speech, and what happens when a wake engine listens to it."""

from __future__ import annotations

import wave
from array import array
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import myna.demo
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, SAMPLE_BYTES, bytes_for, frames_for, silence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from myna.wake.detector import WakeDetector

FOLDERS: Final = (
    Path(__file__).parents[1] / "speech",
    Path(myna.demo.__path__[0]) / "speech",
)
SILENT_RATIO: Final = 0.01
"""Amplitude of silence against the loudest window: 40 dB under it."""


@dataclass(frozen=True, slots=True)
class WordHeard:
    """A detection, laid over the stream.

    Attributes:
        word: The engine's name of it.
        end_frame: Where the engine says that the word ended.
    """

    word: str
    end_frame: int


def recorded(name: str) -> bytes:
    """Return the PCM of one WAV of the tests or of the demo, whatever its rate."""
    path = next(folder / f"{name}.wav" for folder in FOLDERS if (folder / f"{name}.wav").exists())
    with wave.open(str(path)) as source:
        pcm: bytes = source.readframes(source.getnframes())
    return pcm


def in_silence(pcm: bytes, lead_s: float = 0.5, tail_s: float = 1.0) -> bytes:
    """Return 16 kHz `pcm` with silence around it."""
    return silence(frames_for(lead_s)) + pcm + silence(frames_for(tail_s))


def listen(detector: WakeDetector, pieces: Iterable[bytes]) -> list[WordHeard]:
    """Feed `pieces`, one after the other; return what `detector` heard."""
    heard = []
    fed = 0
    for piece in pieces:
        fed += len(piece)
        detection = detector.detect(piece)
        if detection:
            end_frame = fed // SAMPLE_BYTES - detection.latency_frames
            heard.append(WordHeard(detection.word, end_frame))
    return heard


def periods(pcm: bytes) -> list[bytes]:
    """Cut `pcm` as a microphone would."""
    return pieces(pcm, bytes_for(CAPTURE_PERIOD_FRAMES))


def pieces(pcm: bytes, size_bytes: int) -> list[bytes]:
    """Cut `pcm` into pieces of `size_bytes`; the last one may be shorter."""
    return [pcm[start : start + size_bytes] for start in range(0, len(pcm), size_bytes)]


def speech_end_frame(pcm: bytes) -> int:
    """Return the frame at which the speech in 16 kHz `pcm` ends, to 10 ms."""
    samples = array("h", pcm)
    starts = range(0, len(samples) + 1, frames_for(0.01))
    loudness = [sum(map(abs, samples[start:end])) for start, end in pairwise(starts)]
    floor = max(loudness) * SILENT_RATIO
    last = max(index for index, level in enumerate(loudness) if level > floor)
    return (last + 1) * frames_for(0.01)
