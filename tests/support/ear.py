"""An ear at a virtual speaker that knows when it heard each frame."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from myna_hardware.units import PLAYBACK_RATE_HZ, SAMPLE_BYTES, frames_for
from myna_hardware.wav import HEADER_BYTES
from support.sound_server import SoundServer

FIT_S: Final = 2.0
"""A frame's time comes from the most punctual of the blocks this near to it."""


class Ear(threading.Thread):
    """Hears a speaker: 24 kHz mono 16-bit.

    Frames are timed by the earliest arrivals around them, so that what this process was
    late does not count. What remains is how late the server's monitor itself is: blocks of
    10 ms, which a null sink hands out when they begin to sound.

    Args:
        hear: Waits for the next block; empty at the end.
    """

    def __init__(self, hear: Callable[[], bytes]) -> None:
        super().__init__(name="ear", daemon=True)
        self._hear = hear
        self._pcm = bytearray()
        self._arrivals: list[tuple[int, float]] = []

    @property
    def pcm(self) -> bytes:
        """Everything so far."""
        return bytes(self._pcm)

    def run(self) -> None:
        """Listen to the end."""
        while block := self._hear():
            now_s = time.monotonic()
            self._pcm += block
            self._arrivals.append((len(self._pcm) // SAMPLE_BYTES, now_s))

    def time_of(self, frame: int) -> float:
        """Return when `frame` was heard, in seconds on the monotonic clock."""
        near = frames_for(FIT_S, PLAYBACK_RATE_HZ)
        offsets = [
            t - count / PLAYBACK_RATE_HZ
            for count, t in list(self._arrivals)
            if abs(count - frame) < near
        ]
        return min(offsets) + frame / PLAYBACK_RATE_HZ

    def frame_at(self, time_s: float) -> int:
        """Return which frame was heard at `time_s`, to a few frames."""
        count, arrived_s = self._arrivals[0]
        frame = count + round((time_s - arrived_s) * PLAYBACK_RATE_HZ)
        return frame + round((time_s - self.time_of(frame)) * PLAYBACK_RATE_HZ)

    def last_sound(self, first: int, end: int) -> int | None:
        """Return the last frame from `first` up to `end` that is no silence."""
        sounding = self._sounding(first, end)
        return None if len(sounding) == 0 else first + int(sounding[-1])

    def first_sound(self, first: int, end: int) -> int | None:
        """Return the first frame from `first` up to `end` that is no silence."""
        sounding = self._sounding(first, end)
        return None if len(sounding) == 0 else first + int(sounding[0])

    def _sounding(self, first: int, end: int) -> npt.NDArray[np.intp]:
        heard = bytes(self._pcm[first * SAMPLE_BYTES : end * SAMPLE_BYTES])
        return np.flatnonzero(np.frombuffer(heard, "<i2"))


@contextmanager
def listening(server: SoundServer) -> Iterator[Ear]:
    """Listen to the speaker of `server` while the context lasts."""
    command = ["parec", "--device=spk.monitor", "--raw", "--channels=1", "--format=s16le"]
    command += [f"--rate={PLAYBACK_RATE_HZ}", "--latency-msec=10"]
    env = {**os.environ, **server.env}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as process:  # noqa: S603
        assert process.stdout is not None
        ear = Ear(partial(os.read, process.stdout.fileno(), 65_536))
        ear.start()
        try:
            yield ear
        finally:
            process.terminate()
            ear.join()


LOOK_S: Final = 0.001
"""How often a file is looked at: the file driver writes a piece every 5 ms."""


@contextmanager
def listening_to_file(path: Path) -> Iterator[Ear]:
    """Listen to the WAV that the file driver writes, as it grows, while the context lasts."""
    is_over = threading.Event()
    with path.open("rb") as file:
        file.seek(HEADER_BYTES)

        def hear() -> bytes:
            while not (block := file.read()) and not is_over.wait(LOOK_S):
                pass
            return block

        ear = Ear(hear)
        ear.start()
        try:
            yield ear
        finally:
            is_over.set()
            ear.join()
