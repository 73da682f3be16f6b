"""When sound was or will be in the air, from what a device tells unevenly. PURE."""

from __future__ import annotations

from collections import deque
from typing import Final

WINDOW_S: Final = 0.5
"""How long a device may be late without being slow: PulseAudio's steps of 10 ms beat
against pieces of 5 ms every 30 to 400 ms (measured by tests/bench/bench_timestamps.py)."""


class Timeline:
    """Keeps the times of consecutive sounds as even as the sound is.

    A device moves its pointers in steps, and whoever asks it is woken up late. Both make
    a sound seem to end later than it does, never earlier. So each sound ends as late
    behind the sounds before it as the least late of the last half second; that follows
    clocks that drift, and heals after a gap.
    """

    def __init__(self) -> None:
        self._length_s = 0.0
        self._ends_s = 0.0
        # What may yet be the least late: (when it leaves the window, how late), rising.
        self._late: deque[tuple[float, float]] = deque()

    @property
    def ends_s(self) -> float:
        """When the sound ends that was added last; 0 before the first."""
        return self._ends_s

    def add(self, seconds: float, measured_s: float) -> None:
        """Add a sound.

        Args:
            seconds: How long it is.
            measured_s: When it ends as far as the device tells.
        """
        self._length_s += seconds
        late_s = measured_s - self._length_s
        while self._late and self._late[-1][1] >= late_s:
            self._late.pop()
        self._late.append((self._length_s + WINDOW_S, late_s))
        while self._late[0][0] < self._length_s:
            self._late.popleft()
        self._ends_s = self._length_s + self._late[0][1]

    def restart(self) -> None:
        """Take the next measurement as it is: what came before tells nothing about it."""
        self._late.clear()
