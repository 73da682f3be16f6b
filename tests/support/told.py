"""A listener for the trouble of sensors that a test can wait for."""

from __future__ import annotations

from threading import Condition

from myna_hardware.errors import HardwareError
from support.gpio import PATIENCE_S


class Told:
    """Remembers what it is told, in order."""

    def __init__(self) -> None:
        self._changed = Condition()
        self.so_far: list[tuple[str, HardwareError | None]] = []

    def __call__(self, name: str, trouble: HardwareError | None) -> None:
        """Take what is told."""
        with self._changed:
            self.so_far.append((name, trouble))
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        """Wait until it has been told so often."""
        with self._changed:
            is_told = self._changed.wait_for(lambda: len(self.so_far) >= count, PATIENCE_S)
            assert is_told, self.so_far
