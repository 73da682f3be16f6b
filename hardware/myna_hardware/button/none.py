"""The button of a speaker that has none."""

from __future__ import annotations

from myna_hardware.interfaces import GestureListener, TroubleListener


class NoButton:
    """A button that is never pressed."""

    def listen(self, listener: GestureListener) -> None:
        """Never call `listener`."""

    def watch(self, listener: TroubleListener) -> None:
        """Never call `listener`."""

    def close(self) -> None:
        """Release nothing."""
