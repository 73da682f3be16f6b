"""A person's voice in a pipe, for a daemon in another process whose microphone is a file."""

from __future__ import annotations

import array
import fcntl
import os
import struct
import termios
import threading
import time
from pathlib import Path
from typing import Final

from myna_hardware.units import CAPTURE_PERIOD_FRAMES, CAPTURE_RATE_HZ, bytes_for
from myna_hardware.wav import LARGEST_PCM_BYTES

PIPE_BYTES: Final = 4096
"""An eighth of a second: so late at most a word is heard."""

OPENINGS: Final = 2
"""The file is opened once to see that it is one, and once to be heard."""

_POLL_S: Final = 0.001


class VoicePipe:
    """A WAV without an end; a context manager.

    Whoever reads it sets the pace: it is silence, but for what is said.

    Args:
        path: Where the pipe is made.
    """

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        # Reading, too, so that neither side waits for the other to be there.
        self._pipe = os.open(path, os.O_RDWR)
        fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._said = bytearray()
        self._lock = threading.Lock()
        self._is_over = False
        self._thread = threading.Thread(target=self._write, name="voice", daemon=True)

    def __enter__(self) -> VoicePipe:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        while self._thread.is_alive():
            self._drain()
            self._thread.join(_POLL_S)
        os.close(self._pipe)

    def say(self, pcm: bytes) -> None:
        """Say `pcm`, 16 kHz, after what is being said."""
        with self._lock:
            self._said += pcm

    def _write(self) -> None:
        for _ in range(OPENINGS):
            os.write(self._pipe, _header())
            while self._waiting_bytes() and not self._is_over:
                time.sleep(_POLL_S)
        while not self._is_over:
            os.write(self._pipe, self._next_period())

    def _next_period(self) -> bytes:
        size = bytes_for(CAPTURE_PERIOD_FRAMES)
        with self._lock:
            pcm = bytes(self._said[:size]).ljust(size, b"\0")
            del self._said[:size]
        return pcm

    def _waiting_bytes(self) -> int:
        waiting = array.array("i", [0])
        fcntl.ioctl(self._pipe, termios.FIONREAD, waiting)
        return waiting[0]

    def _drain(self) -> None:
        """Make room for whoever waits to write."""
        if waiting := self._waiting_bytes():
            os.read(self._pipe, waiting)


def _header() -> bytes:
    size = LARGEST_PCM_BYTES
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", size + 36, b"WAVE", b"fmt ", 16, 1, 1),
        *(CAPTURE_RATE_HZ, 2 * CAPTURE_RATE_HZ, 2, 16, b"data", size),
    )
