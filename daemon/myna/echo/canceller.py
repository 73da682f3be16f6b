"""The one shape that both echo cancellers have here."""

from __future__ import annotations

from typing import Final, Protocol

from myna_hardware.units import frames_for

STEP_FRAMES: Final = frames_for(0.01)
"""What both libraries take at a time."""


class Canceller(Protocol):
    """Removes from a microphone what a speaker plays; one thread owns it."""

    def cancel(self, near: bytes, far: bytes) -> bytes:
        """Return `near` without the echo of `far`, as long as `near` is.

        Args:
            near: What the microphone heard, 16 kHz mono 16-bit, a multiple of
                `STEP_FRAMES` frames.
            far: What the speaker played meanwhile, as long.
        """
        ...
