"""Which frames go to the session next. PURE.

The cursor walks over the microphone's frames in order, around gaps: what was captured
while the uplink was shut (half duplex: a reply was playing), and what a slow uplink has
no time for. A new connection may send it back a little, because what was sent last may
never have arrived; the gaps stay gaps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from math import inf
from typing import Final

from myna_hardware.units import Frames, frames_for

LIVE_CHUNK: Final = frames_for(0.04)
"""While level with the microphone: 40 ms (20 to 100 ms are safe, Live API guides)."""

CATCH_UP_CHUNK: Final = frames_for(0.1)
"""While behind: larger, to have less overhead; sent without waiting."""

AGE_LIMIT: Final = frames_for(1.0)
"""How far speech may lag here. The sockets add up to 0.8 s on a slow uplink (measured at
256 kbit/s with `TCP_NOTSENT_LOWAT`), so that nothing arrives more than 2 s old."""

GAPS_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Span:
    """Frames to send: `frames` of them from `first` on."""

    first: Frames
    frames: Frames


@dataclass(frozen=True, slots=True)
class _Gap:
    """Frames that are not sent, from `first` up to `end`, which may not be known yet."""

    first: int
    end: float


class UplinkCursor:
    """Walks from a first frame to now, around gaps."""

    def __init__(self, first: Frames) -> None:
        self._first = self._next = int(first)
        self._gaps: list[_Gap] = []
        self._lost = 0
        self._kept_until = int(first)

    @property
    def sent_until(self) -> Frames:
        """One past the newest frame that was sent."""
        return Frames(self._next)

    @property
    def is_at_gate(self) -> bool:
        """Whether everything before a gate that is still shut has been sent."""
        return any(gap.end == inf and self._next >= gap.first for gap in self._gaps)

    def take_lost(self) -> int:
        """Return how many frames were lost since the last time it was asked."""
        lost, self._lost = self._lost, 0
        return lost

    def shut(self, frame: Frames) -> None:
        """Send nothing captured from `frame` on."""
        if not self._is_shut:
            self._leave_out(max(self._next, frame), inf)

    def open(self, frame: Frames) -> None:
        """Send again what was captured from `frame` on, which may lie in the past."""
        if self._is_shut:
            shut = self._gaps.pop()
            self._leave_out(shut.first, max(shut.first, frame))

    def rewind(self, frame: Frames, newest: Frames) -> None:
        """Send again from `frame` on; whatever there is by now may take its time.

        Args:
            frame: Where the next connection begins to hear.
            newest: One past the newest captured frame.
        """
        self._next = min(self._next, max(self._first, frame))
        self._kept_until = newest

    def hurry(self, newest: Frames, is_silent: Callable[[int], bool]) -> None:
        """Leave out what a slow uplink has no time for: the oldest silence, else the oldest.

        What was captured before the connection stood is not touched: it is the question.

        Args:
            newest: One past the newest captured frame.
            is_silent: Tells whether the chunk of `LIVE_CHUNK` frames from a frame on holds
                no speech.
        """
        start = max(self._next, self._kept_until)
        excess = self._waiting(start, newest) - AGE_LIMIT
        chunks = range(start, newest - LIVE_CHUNK, LIVE_CHUNK)
        for first in chain(filter(is_silent, chunks), chunks):
            if excess <= 0:
                return
            frames = self._waiting(first, first + LIVE_CHUNK)
            self._leave_out(first, first + LIVE_CHUNK)
            self._lost += frames
            excess -= frames

    def take(self, oldest: Frames, newest: Frames) -> Span | None:
        """Return the next frames to send, or None while there are too few.

        Args:
            oldest: The oldest frame that can still be read.
            newest: One past the newest captured frame.
        """
        self._skip_gaps()
        if self._next < oldest:
            self._lost += oldest - self._next
            self._next = oldest
            self._skip_gaps()
        end = min([newest, *(gap.first for gap in self._gaps if gap.first >= self._next)])
        waiting = end - self._next
        is_last = end < newest or self._is_shut
        if waiting < (1 if is_last else LIVE_CHUNK):
            return None
        frames = min(waiting, CATCH_UP_CHUNK if waiting >= CATCH_UP_CHUNK else LIVE_CHUNK)
        span = Span(Frames(self._next), Frames(frames))
        self._next += frames
        return span

    @property
    def _is_shut(self) -> bool:
        return bool(self._gaps) and self._gaps[-1].end == inf

    def _leave_out(self, first: int, end: float) -> None:
        """Add a gap, and join those that touch."""
        if first >= end:
            return
        gaps: list[_Gap] = []
        for gap in sorted([*self._gaps, _Gap(first, end)], key=lambda gap: gap.first):
            if gaps and gap.first <= gaps[-1].end:
                gap = _Gap(gaps[-1].first, max(gap.end, gaps.pop().end))  # noqa: PLW2901
            gaps.append(gap)
        self._gaps = gaps[-GAPS_KEPT:]

    def _waiting(self, start: int, newest: int) -> int:
        left_out = sum(max(0, min(gap.end, newest) - max(gap.first, start)) for gap in self._gaps)
        return newest - start - int(left_out)

    def _skip_gaps(self) -> None:
        for gap in self._gaps:
            if gap.first <= self._next < gap.end and gap.end != inf:
                self._next = int(gap.end)
