"""The queue of reply audio between the network's pace and the speaker's. PURE.

The server sends a reply several times faster than it is heard, so the queue takes a
whole one: 60 s are 2.9 MB. What does not fit any more is dropped and counted.
"""

from __future__ import annotations

from collections import deque

from myna_hardware.units import Frames, bytes_for, frames_in


class Playout:
    """A bounded first-in first-out of 16-bit mono PCM."""

    def __init__(self, limit: Frames) -> None:
        self._pieces: deque[bytes] = deque()
        self._limit = limit
        self._queued = 0

    @property
    def queued_frames(self) -> Frames:
        """How much waits to be taken."""
        return Frames(self._queued)

    def put(self, pcm: bytes) -> Frames:
        """Queue `pcm`; return how many of its last frames did not fit."""
        kept = pcm[: bytes_for(self._limit - self._queued)]
        if kept:
            self._pieces.append(kept)
            self._queued += frames_in(kept)
        return Frames(frames_in(pcm) - frames_in(kept))

    def take(self, frames: Frames) -> bytes:
        """Remove and return the next `frames` frames, fewer when fewer are queued."""
        wanted = bytes_for(min(frames, self._queued))
        taken = bytearray()
        while len(taken) < wanted:
            piece = self._pieces.popleft()
            rest = wanted - len(taken)
            taken += piece[:rest]
            if len(piece) > rest:
                self._pieces.appendleft(piece[rest:])
        self._queued -= frames_in(taken)
        return bytes(taken)

    def flush(self) -> Frames:
        """Drop everything; return how much that was."""
        dropped = self.queued_frames
        self._pieces.clear()
        self._queued = 0
        return dropped
