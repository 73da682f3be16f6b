"""When a bouncing contact has settled; pure: time comes in with every level.

A level counts once it has held for a while. gpiozero and its pin factories know two
other rules, which differ from each other: RPi.GPIO's takes the first edge and drops the
rest, the true level with it (gpiozero#550, gpiozero#1039); lgpio's waits as we do. So
their debouncing stays off, and every pin factory gives the same presses.
"""

from __future__ import annotations


class Settler:
    """Tells which level has held.

    Attributes:
        is_closed: The level that has held last.
        level: The level that was seen last.

    Args:
        is_closed: The level to begin with.
    """

    def __init__(self, *, is_closed: bool) -> None:
        self.is_closed = is_closed
        self.level = is_closed
        self._due_s: float | None = None

    @property
    def deadline_s(self) -> float | None:
        """When the level has held, if it does; None when it has."""
        return self._due_s

    def see(self, *, is_closed: bool, due_s: float) -> None:
        """Take an edge; its level counts from `due_s` on, if no other comes before."""
        self.level = is_closed
        self._due_s = due_s

    def settle(self, now_s: float) -> float | None:
        """Let time pass until `now_s`.

        Returns:
            When `is_closed` changed, if it did.
        """
        due_s = self._due_s
        if due_s is None or now_s < due_s:
            return None
        self._due_s = None
        if self.level == self.is_closed:
            return None
        self.is_closed = self.level
        return due_s
