"""The signal sounds: WAVs beside this file, made by make_earcons.py."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from myna_hardware.units import PLAYBACK_RATE_HZ
from myna_hardware.wav import read_wav

FOLDER: Final = Path(__file__).parent / "earcons"

TIMER_S: Final = 1.0
"""How long `timer` is, its rest included, so that it can be repeated without a gap."""


@cache
def earcon(name: str) -> bytes:
    """Return the PCM of one: 24 kHz mono 16-bit, quiet at both ends; read once.

    Args:
        name: wake, end, error, mute, unmute, timer, question or ready.
    """
    return read_wav(FOLDER / f"{name}.wav", PLAYBACK_RATE_HZ, "earcon")
