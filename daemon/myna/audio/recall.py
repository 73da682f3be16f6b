"""What the microphone has just heard, in both versions. PURE.

The pre-roll holds the uplink's version, from which the session is fed; a few seconds of
the near version lie beside it, for whoever cuts in. One writer and one reader may share
it under a lock of theirs.
"""

from __future__ import annotations

from typing import Final

from myna.audio.cursor import LIVE_CHUNK, Span, UplinkCursor
from myna.audio.level import level_dbfs
from myna.audio.preroll import PreRoll
from myna.echo.branches import Branches
from myna_hardware.units import Frames, frames_for

RING_S: Final = 30.0
"""Twice the longest wait for a connection; 0.96 MB."""

NEAR_S: Final = 5.0
"""How long a word over a reply may take to be recognized; 0.16 MB."""

SILENCE_DBFS: Final = -50.0
"""Quieter than any speech at a speaker's distance; a slow uplink does without it first."""


class Recall:
    """The pre-roll, and what may take its place."""

    def __init__(self) -> None:
        self._ring = PreRoll(frames_for(RING_S))
        self._near = PreRoll(frames_for(NEAR_S))
        self._is_revealing = False

    @property
    def next_frame(self) -> Frames:
        """The number that the next captured frame will have."""
        return self._ring.next_frame

    def append(self, branches: Branches) -> bytes:
        """Remember one period; return the version of it that the session is fed from."""
        self._is_revealing = self._is_revealing and branches.is_echoing
        uplink = branches.near if self._is_revealing else branches.uplink
        self._ring.append(uplink)
        self._near.append(branches.near)
        return uplink

    def reveal(self, frame: Frames) -> None:
        """Let whoever speaks over the reply be heard, from `frame` on.

        The uplink's canceller takes away much of a voice over a reply; the near version,
        which keeps it, stands in from there until the echo has died away.
        """
        first = max(frame, self._near.oldest_frame)
        self._ring.patch(first, self._near.read(first, self._near.next_frame - first))
        self._is_revealing = True

    def between(self, first: int, end: int) -> tuple[Frames, bytes]:
        """Return what is still held of the frames from `first` up to `end`, and where."""
        held = Frames(max(first, self._ring.oldest_frame))
        return held, self._ring.read(held, end - held)

    def take(self, cursor: UplinkCursor) -> tuple[Span, bytes] | None:
        """Return the next frames that `cursor` wants and their PCM, or None for now."""
        cursor.hurry(self._ring.next_frame, self._is_silent)
        span = cursor.take(self._ring.oldest_frame, self._ring.next_frame)
        return None if span is None else (span, self._ring.read(span.first, span.frames))

    def _is_silent(self, first: int) -> bool:
        """Tell whether nobody speaks in the chunk from `first` on."""
        if first < self._ring.oldest_frame:
            return True
        return level_dbfs(self._ring.read(first, LIVE_CHUNK)) < SILENCE_DBFS
