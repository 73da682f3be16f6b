"""Which frames go to the session next. PURE.

The cursor walks over the microphone's frames, each once and in order. It leaves out
only what was captured while the uplink was gated (half duplex: a reply was playing),
and what fell out of the ring before it could be sent, which it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myna_hardware.units import Frames, frames_for

LIVE_CHUNK: Final = frames_for(0.04)
"""While level with the microphone: 40 ms (20 to 100 ms are safe, Live API guides)."""

CATCH_UP_CHUNK: Final = frames_for(0.1)
"""While behind: larger, to have less overhead; sent without waiting."""


@dataclass(frozen=True, slots=True)
class Span:
    """Frames to send: `frames` of them from `first` on."""

    first: Frames
    frames: Frames


class UplinkCursor:
    """Walks from a first frame to now, around one gap."""

    def __init__(self, first: Frames) -> None:
        self._next = int(first)
        self._gap: tuple[int, int | None] | None = None
        self._lost = 0

    @property
    def is_at_gate(self) -> bool:
        """Whether everything before a gate that is still shut has been sent."""
        return self._gap is not None and self._gap[1] is None and self._next >= self._gap[0]

    def take_lost(self) -> int:
        """Return how many frames were lost since the last time it was asked."""
        lost, self._lost = self._lost, 0
        return lost

    def shut(self, frame: Frames) -> None:
        """Send nothing captured from `frame` on."""
        if self._gap is None:
            self._gap = (max(self._next, frame), None)

    def open(self, frame: Frames) -> None:
        """Send again what was captured from `frame` on, which may lie in the past."""
        if self._gap is not None and self._gap[1] is None:
            self._gap = (self._gap[0], max(self._gap[0], frame))

    def take(self, oldest: Frames, newest: Frames) -> Span | None:
        """Return the next frames to send, or None while there are too few.

        Args:
            oldest: The oldest frame that can still be read.
            newest: One past the newest captured frame.
        """
        self._skip_gap()
        if self._next < oldest:
            self._lost += oldest - self._next
            self._next = oldest
        end = newest if self._gap is None else min(newest, self._gap[0])
        waiting = end - self._next
        is_last = end < newest or self._gap is not None
        if waiting < (1 if is_last else LIVE_CHUNK):
            return None
        frames = min(waiting, CATCH_UP_CHUNK if waiting >= CATCH_UP_CHUNK else LIVE_CHUNK)
        span = Span(Frames(self._next), Frames(frames))
        self._next += frames
        return span

    def _skip_gap(self) -> None:
        if self._gap is not None and self._gap[1] is not None and self._next >= self._gap[0]:
            self._next = self._gap[1]
            self._gap = None
