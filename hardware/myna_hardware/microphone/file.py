"""A WAV file, heard in real time."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Literal

from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.pacing import Pacing
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, CAPTURE_RATE_HZ, bytes_for
from myna_hardware.wav import open_wav


class FileMicrophone:
    """Plays a WAV of 16 kHz, mono, 16-bit into the speaker's ear, at the pace of speech.

    Args:
        path: The file; None is an error that says what to set.
        at_end: What follows it: silence for ever, or the end of the source.
        pacing: Real time if not given.

    Raises:
        DeviceNotFoundError: There is no such file.
        BadFormatError: It is not such a WAV.
    """

    lost_frames = 0

    def __init__(
        self, path: Path | None, at_end: Literal["silence", "stop"], pacing: Pacing | None = None
    ) -> None:
        if path is None:
            raise DeviceNotFoundError("microphone", "set microphone.path to a 16 kHz mono WAV")
        self.name = str(path)
        self._file = open_wav(path, CAPTURE_RATE_HZ, "microphone")
        self._at_end = at_end
        self._pacing = pacing or Pacing(CAPTURE_RATE_HZ)
        self._next_frame = 0
        self._lock = threading.Lock()
        self._is_closed = False

    @property
    def ends_s(self) -> float:
        """See `Microphone.ends_s`."""
        return self._pacing.time_of(self._next_frame)

    def read(self) -> bytes:
        """See `Microphone.read`; the last period of the file is filled up with silence."""
        pcm = self._next_period()
        self._next_frame += CAPTURE_PERIOD_FRAMES
        return pcm if pcm and self._pacing.wait_until(self._next_frame) else b""

    def close(self) -> None:
        """See `Microphone.close`."""
        self._pacing.interrupt()
        with self._lock:
            self._is_closed = True
            self._file.close()

    def _next_period(self) -> bytes:
        with self._lock:
            pcm = b"" if self._is_closed else self._file.readframes(CAPTURE_PERIOD_FRAMES)
        if not pcm and self._at_end == "stop":
            return b""
        return pcm.ljust(bytes_for(CAPTURE_PERIOD_FRAMES), b"\0")
