"""What a speaker without a device would have been heard playing, in real time.

Two periods are buffered, as a sound card would; a flush takes them back before they
are heard. Gaps between sounds are silence, by the clock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from myna_hardware.pacing import Pacer
from myna_hardware.units import (
    PLAYBACK_PERIOD_FRAMES,
    PLAYBACK_RATE_HZ,
    bytes_for,
    frames_in,
    seconds_for,
    silence,
)

BUFFER_FRAMES: Final = 2 * PLAYBACK_PERIOD_FRAMES
BUFFER_S: Final = seconds_for(BUFFER_FRAMES, PLAYBACK_RATE_HZ)


class Timeline:
    """Takes what is played, and gives out what is heard.

    Args:
        hear: Takes PCM once it has been heard, in order.
        pacer: At 24 kHz.
    """

    def __init__(self, hear: Callable[[bytes], None], pacer: Pacer | None = None) -> None:
        self._hear = hear
        self._pacer = pacer or Pacer(PLAYBACK_RATE_HZ, slack_s=0.0)
        self._lock = threading.Lock()
        self._buffer = bytearray()

    def write(self, pcm: bytes) -> None:
        """Play `pcm`; block until no more than two periods wait to be heard."""
        with self._lock:
            if not self._buffer:
                self._hear(silence(self._pacer.skip_to_now()))
            self._buffer += pcm
        self._pacer.let_pass(frames_in(pcm), ahead_s=BUFFER_S)
        self._let_hear(keep_frames=BUFFER_FRAMES)

    def drain(self) -> None:
        """Block until everything has been heard."""
        self._pacer.let_pass(0)
        self._let_hear(keep_frames=0)

    def flush(self) -> None:
        """Take back what has not been heard."""
        with self._lock:
            self._pacer.take_back(frames_in(self._buffer))
            self._buffer.clear()

    def stop(self) -> None:
        """Release whoever waits."""
        self._pacer.stop()

    def _let_hear(self, keep_frames: int) -> None:
        with self._lock:
            size = max(0, len(self._buffer) - bytes_for(keep_frames))
            heard = bytes(self._buffer[:size])
            del self._buffer[:size]
            if heard:
                self._hear(heard)
