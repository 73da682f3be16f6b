"""The reference's way from the speaker's rate to the microphone's, through soxr.

The rate is bent by the drift between the two clocks, a few parts in a million, which
soxr does without a step (its variable-rate mode: 0.7 ms per second of sound).
"""

from __future__ import annotations

from typing import Final

from myna_hardware.units import CAPTURE_RATE_HZ, PLAYBACK_RATE_HZ, frames_in, seconds_for

_MAX_RATIO: Final = 1.001
"""More than the largest drift; soxr wants to know beforehand."""

PAUSE_S: Final = 0.03
"""Sound that ends so much later than the piece before begins anew."""


class Downsampler:
    """From 24 kHz to 16 kHz, and from the end of what is given to that of what is ready."""

    def __init__(self) -> None:
        import numpy as np
        import soxr

        self._np = np
        self._stream = soxr.ResampleStream(
            PLAYBACK_RATE_HZ * _MAX_RATIO, CAPTURE_RATE_HZ, 1, dtype="int16", quality="HQ", vr=True
        )
        self._ends_s = 0.0
        self._owed_s = 0.0
        self._drift_ppm: float | None = None

    def feed(self, pcm: bytes, ends_s: float, drift_ppm: float) -> tuple[bytes, float]:
        """Take 24 kHz sound; return what is ready at 16 kHz, and when that ends.

        soxr keeps the last 10 ms until more comes: the silence that follows a reply.
        """
        given_s = seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ) / (1 + drift_ppm / 1e6)
        if ends_s - given_s - self._ends_s > PAUSE_S:
            self._clear()
        if drift_ppm != self._drift_ppm:
            self._drift_ppm = drift_ppm
            self._stream.set_io_ratio(PLAYBACK_RATE_HZ * (1 + drift_ppm / 1e6), CAPTURE_RATE_HZ)
        ready = self._stream.resample_chunk(self._np.frombuffer(pcm, "<i2"))
        self._owed_s += given_s - seconds_for(len(ready))
        self._ends_s = ends_s
        return bytes(ready.tobytes()), ends_s - self._owed_s

    def _clear(self) -> None:
        self._stream.clear()
        self._drift_ppm = None  # soxr forgets the ratio
        self._owed_s = 0.0
