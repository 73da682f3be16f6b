"""The refractory period: how long an engine stays deaf after a word. PURE.

Engines report one word over and over while it leaves their window: microWakeWord on
every 30 ms step above its cutoff, openWakeWord for as long as its 1.3 s window holds
the word. One utterance must be one detection.
"""

from __future__ import annotations

from typing import Final

from myna_hardware.units import Frames, frames_for

REFRACTORY_FRAMES: Final = frames_for(1.5)
"""Longer than openWakeWord's window, shorter than a person takes to say a word again."""


class Refractory:
    """Admits a detection unless it follows the one before too closely."""

    def __init__(self, period_frames: Frames = REFRACTORY_FRAMES) -> None:
        self._period_frames = period_frames
        self._deaf_until_frame = 0

    def admit(self, frame: int) -> bool:
        """Say whether a detection at `frame` counts; one that does starts the period anew.

        Args:
            frame: Where the engine fired, counted in one stream, never decreasing.
        """
        if frame < self._deaf_until_frame:
            return False
        self._deaf_until_frame = frame + self._period_frames
        return True
