"""A microphone that the world can speak to."""

from __future__ import annotations

import threading

from myna_hardware.errors import DeviceLostError
from myna_hardware.history import History
from myna_hardware.pacing import Pacing
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, CAPTURE_RATE_HZ, bytes_for


class SimulatedMicrophone:
    """Hears silence in real time, until somebody says something.

    Args:
        name: The device as the configuration names it.
        pacing: Real time if not given.
    """

    lost_frames = 0

    def __init__(self, name: str = "simulated", pacing: Pacing | None = None) -> None:
        self.name = name
        self._pacing = pacing or Pacing(CAPTURE_RATE_HZ)
        self._lock = threading.Lock()
        self._said = bytearray()
        self._next_frame = 0
        self._is_unplugged = False
        self._history = History(CAPTURE_RATE_HZ)

    @property
    def ends_s(self) -> float:
        """See `Microphone.ends_s`."""
        return self._pacing.time_of(self._next_frame)

    def read(self) -> bytes:
        """See `Microphone.read`."""
        is_running = self._pacing.wait_until(self._next_frame + CAPTURE_PERIOD_FRAMES)
        with self._lock:
            if self._is_unplugged:
                raise DeviceLostError(self.name, "unplugged: plug it in again")
            return self._hear() if is_running else b""

    def close(self) -> None:
        """See `Microphone.close`."""
        self._pacing.interrupt()

    def say(self, pcm: bytes) -> int:
        """Speak `pcm` once all that was said before is over; return its first frame.

        For the world; from any thread. Never blocks.

        Args:
            pcm: 16 kHz mono 16-bit.
        """
        with self._lock:
            first_frame = self._next_frame + len(self._said) // 2
            self._said += pcm
            return first_frame

    def unplug(self) -> None:
        """Take the device away: every `read` raises `DeviceLostError` from now on."""
        with self._lock:
            self._is_unplugged = True
        self._pacing.interrupt()

    @property
    def heard(self) -> bytes:
        """What `read` has returned so far, the last ten minutes of it (`HISTORY_S`)."""
        with self._lock:
            return self._history.pcm

    def _hear(self) -> bytes:
        size = bytes_for(CAPTURE_PERIOD_FRAMES)
        pcm = bytes(self._said[:size]).ljust(size, b"\0")
        del self._said[:size]
        self._next_frame += CAPTURE_PERIOD_FRAMES
        self._history.append(pcm)
        return pcm
