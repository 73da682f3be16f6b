"""Make the signal sounds.

Run by developers, when a sound changes; the WAVs are committed:

    python daemon/myna/audio/make_earcons.py daemon/myna/audio/earcons

They are struck notes of a soft mallet: few partials, the higher the weaker and the
shorter. Direction tells them apart: up is beginning (wake, unmute), down is ending (end,
mute), the middle register is the conversation and the low one the microphone.
"""

from __future__ import annotations

import random
import sys
import wave
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, exp, pi, sin
from pathlib import Path
from typing import Final, TypeAlias

RATE_HZ: Final = 24_000
PEAK: Final = 11_600
"""-9 dB of full scale; how loud they are played is decided by earcon_policy.py."""

ATTACK_S: Final = 0.006
RELEASE_S: Final = 0.025
"""The last note is damped, so that the sound ends where the file does."""

Partials: TypeAlias = tuple[tuple[float, float], ...]
"""Multiples of the pitch, and how strong each is."""

MALLET: Final[Partials] = ((1, 1.0), (2, 0.25), (4, 0.10))
MUFFLED: Final[Partials] = ((1, 1.0), (2, 0.35), (3, 0.1))
BELL: Final[Partials] = ((1, 1.0), (2, 0.45), (3, 0.25), (4.2, 0.2), (5.4, 0.15), (6.8, 0.1))


@dataclass(frozen=True, slots=True)
class Note:
    """One struck note.

    Attributes:
        hz: Its pitch.
        at_s: When it is struck.
        decay_s: How long it takes to fall to a third.
        partials: What it is made of.
        level: How hard it is struck, 1 being usual.
    """

    hz: float
    at_s: float = 0.0
    decay_s: float = 0.06
    partials: Partials = MALLET
    level: float = 1.0


@dataclass(frozen=True, slots=True)
class Sound:
    """One WAV: notes, and a breath of noise for the one that also measures the room."""

    seconds: float
    notes: tuple[Note, ...]
    breath: float = 0.0


C4, G4, E4, A3, C5, E5, G5, A5, C6, B5, E6 = (
    261.63, 392.00, 329.63, 220.00, 523.25, 659.26, 783.99, 880.00, 1046.50, 987.77, 1318.51,
)  # fmt: skip

SOUNDS: Final[Mapping[str, Sound]] = {
    "wake": Sound(0.15, (Note(E5, decay_s=0.05), Note(A5, 0.06, decay_s=0.05))),
    "end": Sound(0.25, (Note(A5, decay_s=0.05), Note(E5, 0.08, decay_s=0.08))),
    "error": Sound(
        0.45,
        (
            Note(E4, decay_s=0.08, partials=BELL),
            Note(E4, 0.11, decay_s=0.08, partials=BELL),
            Note(A3, 0.22, decay_s=0.12, partials=BELL),
        ),
    ),
    "mute": Sound(0.22, (Note(G4, partials=MUFFLED), Note(C4, 0.09, partials=MUFFLED))),
    "unmute": Sound(0.22, (Note(C4, partials=MUFFLED), Note(G4, 0.09, partials=MUFFLED))),
    "question": Sound(
        0.5,
        (Note(C5, decay_s=0.06), Note(C5, 0.14, decay_s=0.06), Note(G5, 0.28, decay_s=0.10)),
    ),
    "timer": Sound(
        1.0,
        (
            Note(B5, 0.00, decay_s=0.08, partials=BELL),
            Note(E6, 0.12, decay_s=0.08, partials=BELL),
            Note(B5, 0.24, decay_s=0.08, partials=BELL),
            Note(E6, 0.36, decay_s=0.12, partials=BELL),
        ),
    ),
    "ready": Sound(
        1.2,
        (
            Note(C5, 0.00, decay_s=0.25, partials=BELL),
            Note(E5, 0.14, decay_s=0.25, partials=BELL),
            Note(G5, 0.28, decay_s=0.25, partials=BELL),
            Note(C6, 0.42, decay_s=0.30, partials=BELL),
        ),
        breath=0.25,
    ),
}


def render(sound: Sound) -> bytes:
    """Return its PCM: 24 kHz, mono, 16-bit."""
    frames = round(sound.seconds * RATE_HZ)
    samples = _breath(frames, sound.breath)
    for note in sound.notes:
        _strike(samples, note)
    loudest = max(map(abs, samples))
    release = round(RELEASE_S * RATE_HZ)
    pcm = array("h")
    for at, sample in enumerate(samples):
        damped = (1 - cos(pi * min(1.0, (frames - 1 - at) / release))) / 2
        pcm.append(round(PEAK * sample / loudest * damped))
    if sys.byteorder == "big":
        pcm.byteswap()
    return pcm.tobytes()


def _strike(samples: list[float], note: Note) -> None:
    attack = ATTACK_S * RATE_HZ
    first = round(note.at_s * RATE_HZ)
    for at in range(len(samples) - first):
        rise = (1 - cos(pi * min(1.0, at / attack))) / 2
        turn = 2 * pi * note.hz * at / RATE_HZ
        fall = at / (note.decay_s * RATE_HZ)
        samples[first + at] += (
            note.level
            * rise
            * sum(
                part * exp(-fall * times**0.7) * sin(times * turn) for times, part in note.partials
            )
        )


def _breath(frames: int, level: float) -> list[float]:
    """Return noise that swells and dies away over the sound: all pitches, once."""
    # The same noise each time, wherever it is made.
    chance = random.Random(4)  # noqa: S311
    return [
        level * sin(pi * at / frames) ** 2 * (2 * chance.random() - 1) if level else 0.0
        for at in range(frames)
    ]


def write(folder: Path) -> None:
    """Write every sound into `folder`, as NAME.wav."""
    for name, sound in SOUNDS.items():
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(render(sound))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
