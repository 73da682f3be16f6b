"""The periods between a device and whoever reads it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Final

from myna_hardware.conversion import FromDevice
from myna_hardware.errors import DeviceLostError, HardwareError
from myna_hardware.units import (
    CAPTURE_PERIOD_FRAMES,
    CAPTURE_RATE_HZ,
    bytes_for,
    frames_for,
    frames_in,
    seconds_for,
)

FIRST_LIMIT_S: Final = 3.0
"""A Bluetooth headset or an idle PulseAudio sink takes up to two seconds to begin."""

LOST_AFTER_S: Final = 1.0

LIMIT_S: Final = 1.0
"""How long a reader may be away before frames are lost."""

LIMIT_PERIODS: Final = frames_for(LIMIT_S) // CAPTURE_PERIOD_FRAMES


class Periods:
    """Cuts what a device gives into periods of 16 kHz mono.

    Args:
        from_device: Converts what the device gives.
    """

    def __init__(self, from_device: FromDevice) -> None:
        self._from_device = from_device
        self._rest = bytearray()

    def cut(self, pcm: bytes, ends_s: float) -> Iterator[tuple[bytes, float]]:
        """Add what the device has given, and yield whole periods and when each ended.

        Args:
            pcm: In the format of the device.
            ends_s: When the last frame of it was in the air.
        """
        self._rest += self._from_device.convert(pcm)
        ends_s -= self._from_device.pending_s
        size = bytes_for(CAPTURE_PERIOD_FRAMES)
        while len(self._rest) >= size:
            period = bytes(self._rest[:size])
            del self._rest[:size]
            yield period, ends_s - seconds_for(frames_in(self._rest))


class PeriodReader:
    """Reads a queue for whoever owns a microphone.

    Args:
        name: The device as the configuration names it.
        periods: What it has captured.
    """

    def __init__(self, name: str, periods: PeriodQueue) -> None:
        self._name = name
        self._periods = periods
        self._limit_s = FIRST_LIMIT_S
        self.ends_s = 0.0

    def read(self) -> bytes:
        """See `Microphone.read`; a device that is silent for too long is lost."""
        try:
            pcm, self.ends_s = self._periods.get(self._limit_s)
        except TimeoutError as error:
            raise DeviceLostError(
                self._name, f"has been silent for {self._limit_s:g} s: plug it in again"
            ) from error
        self._limit_s = LOST_AFTER_S
        return pcm


class PeriodQueue:
    """A bounded queue of periods: when it is full, the oldest is lost and counted."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._periods: deque[tuple[bytes, float]] = deque()
        self._lost_frames = 0
        self._is_over = False
        self._error: HardwareError | None = None

    @property
    def lost_frames(self) -> int:
        """Frames lost so far, here and on the device."""
        return self._lost_frames

    def put(self, pcm: bytes, ends_s: float) -> None:
        """Add a period that ended at `ends_s`; never blocks."""
        with self._changed:
            self._periods.append((pcm, ends_s))
            if len(self._periods) > LIMIT_PERIODS:
                self._lost_frames += frames_in(self._periods.popleft()[0])
            self._changed.notify()

    def count_lost(self, seconds: float) -> None:
        """Count what the device lost in `seconds`."""
        with self._changed:
            self._lost_frames += frames_for(seconds, CAPTURE_RATE_HZ)

    def end(self) -> None:
        """Let `get` return b"" from now on."""
        with self._changed:
            self._is_over = True
            self._changed.notify()

    def fail(self, error: HardwareError) -> None:
        """Let `get` raise `error` once the periods before it are taken."""
        with self._changed:
            self._error = error
            self._changed.notify()

    def get(self, limit_s: float) -> tuple[bytes, float]:
        """Take the oldest period and when it ended, waiting for it; b"" at the end.

        Raises:
            HardwareError: What `fail` said.
            TimeoutError: There was none for `limit_s`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._error or self._periods, limit_s)
            if self._is_over:
                return b"", 0.0
            if self._periods:
                return self._periods.popleft()
            raise self._error or TimeoutError
