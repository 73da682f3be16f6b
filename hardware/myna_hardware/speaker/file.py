"""A WAV file of exactly what would have been heard."""

from __future__ import annotations

from pathlib import Path

from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.pacing import Pacing
from myna_hardware.speaker.paced import PacedSpeaker
from myna_hardware.units import PLAYBACK_RATE_HZ
from myna_hardware.wav import WavWriter


class FileSpeaker(PacedSpeaker):
    """Writes a WAV of 24 kHz, mono, 16-bit in real time; valid even after a crash.

    Args:
        path: The file; None is an error that says what to set.
        pacing: Real time if not given.

    Raises:
        DeviceNotFoundError: The file cannot be written.
    """

    def __init__(self, path: Path | None, pacing: Pacing | None = None) -> None:
        if path is None:
            raise DeviceNotFoundError("speaker", "set speaker.path to the WAV to write")
        track = WavWriter(path, PLAYBACK_RATE_HZ, "speaker")
        super().__init__(str(path), track, pacing or Pacing(PLAYBACK_RATE_HZ))
