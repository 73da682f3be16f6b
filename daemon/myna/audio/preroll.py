"""The ring that remembers what the microphone has just heard. PURE.

Frames are numbered from the first captured one, for ever; the ring holds the newest
`capacity` of them. One writer and one reader may share it under a lock of theirs.
"""

from __future__ import annotations

from myna_hardware.units import SAMPLE_BYTES, Frames, bytes_for, frames_in


class PreRoll:
    """A ring of 16-bit mono PCM addressed by absolute frame numbers."""

    def __init__(self, capacity: Frames) -> None:
        self._ring = bytearray(bytes_for(capacity))
        self._capacity = capacity
        self._next = 0

    @property
    def next_frame(self) -> Frames:
        """The number that the next appended frame will have."""
        return Frames(self._next)

    @property
    def oldest_frame(self) -> Frames:
        """The oldest frame still held."""
        return Frames(max(0, self._next - self._capacity))

    def append(self, pcm: bytes) -> None:
        """Add the newest frames; the oldest make room."""
        kept = pcm[-len(self._ring) :]
        self.patch(self._next + frames_in(pcm) - frames_in(kept), kept)
        self._next += frames_in(pcm)

    def patch(self, first: int, pcm: bytes) -> None:
        """Put another version of the frames from `first` on into their place.

        Args:
            first: Held by the ring.
            pcm: Reaches to the newest frame at most.
        """
        start = first % self._capacity * SAMPLE_BYTES
        head = pcm[: len(self._ring) - start]
        self._ring[start : start + len(head)] = head
        self._ring[: len(pcm) - len(head)] = pcm[len(head) :]

    def read(self, first: int, frames: int) -> bytes:
        """Return up to `frames` frames from `first` on, as many as there are by now.

        Raises:
            ValueError: `first` is no longer held: it is older than `oldest_frame`.
        """
        if first < self.oldest_frame:
            raise ValueError(f"frame {first} is gone; the oldest is {self.oldest_frame}")
        size = bytes_for(max(0, min(frames, self._next - first)))
        start = first % self._capacity * SAMPLE_BYTES
        head = self._ring[start : start + size]
        return bytes(head + self._ring[: size - len(head)])
