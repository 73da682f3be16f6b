"""Whether an audio thread still moves. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LATE: Final = (
    "it has not answered since the start: its driver or the sound server hangs; unplug it and "
    "plug it in again, or restart the machine"
)
"""What is said of a device that neither opens nor fails."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """One look at a thread.

    Attributes:
        beats: How many periods it has dealt with, and attempts to open that failed.
        must_beat: Whether it has something to do: an open microphone, sound to play.
    """

    beats: int
    must_beat: bool

    @property
    def has_begun(self) -> bool:
        """Whether its device ever gave an answer."""
        return self.beats > 0


def is_stuck(before: Pulse, now: Pulse) -> bool:
    """Tell whether the thread had something to do between two looks, and did nothing."""
    return before.must_beat and now.must_beat and before.beats == now.beats
