"""The recordings beside this file, made by `demo/make_speech.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from myna.notices.catalogue import Notice
from myna_hardware.units import PLAYBACK_RATE_HZ
from myna_hardware.wav import read_wav

FOLDER: Final = Path(__file__).parent / "speech"


def recording(notice: Notice) -> bytes:
    """Return the PCM of one, 24 kHz mono 16-bit; read anew, for they are seldom said."""
    return read_wav(FOLDER / f"{notice}.wav", PLAYBACK_RATE_HZ, "notice")
