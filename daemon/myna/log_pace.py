"""How many log records are let through. PURE: the time is an argument."""

from __future__ import annotations

from math import inf
from typing import Final

RECORDS: Final = 200
WINDOW_S: Final = 10.0
"""So many in so long: far more than a healthy speaker has to say, far less than what fills
an SD card (aiyprojects-raspbian#197), and less than what the journal takes from a unit."""


class Pace:
    """Lets a bounded number of records through in each window of time.

    Attributes:
        missed: How many were not, and nobody was told.
    """

    def __init__(self, records: int = RECORDS, window_s: float = WINDOW_S) -> None:
        self._records = records
        self._window_s = window_s
        self._began_s = -inf
        self._passed = 0
        self.missed = 0

    def admit(self, now_s: float) -> bool:
        """Say whether a record may pass now; count it if not."""
        if now_s >= self._began_s + self._window_s:
            self._began_s, self._passed = now_s, 0
        if self._passed < self._records:
            self._passed += 1
            return True
        self.missed += 1
        return False

    def note_missed(self) -> None:
        """One that was let through did not arrive."""
        self.missed += 1

    def note_told(self, missed: int) -> None:
        """It was told that so many were missed."""
        self.missed -= missed
