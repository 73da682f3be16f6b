"""What simulated sound devices remember."""

from __future__ import annotations

from typing import Final

from myna_hardware.units import bytes_for, frames_for, silence

HISTORY_S: Final = 600.0
"""How much is kept: of more, the oldest is forgotten. 19 MB at 16 kHz."""


class History:
    """The PCM that passed a device, up to `HISTORY_S` of it."""

    def __init__(self, rate_hz: int) -> None:
        self._limit_bytes = bytes_for(frames_for(HISTORY_S, rate_hz))
        self._pcm = bytearray()

    @property
    def pcm(self) -> bytes:
        """Everything kept, oldest first."""
        return bytes(self._pcm)

    def append(self, pcm: bytes) -> None:
        """Remember `pcm`."""
        self._pcm += pcm
        del self._pcm[: -self._limit_bytes]

    def append_silence(self, frames: int) -> None:
        """Remember `frames` of silence."""
        self.append(silence(min(frames, self._limit_bytes // 2)))

    def close(self) -> None:
        """Keep what there is."""
