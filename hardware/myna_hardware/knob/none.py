"""The knob of a speaker that has none."""

from __future__ import annotations

from myna_hardware.interfaces import TurnListener


class NoKnob:
    """A knob that is never turned."""

    def listen(self, listener: TurnListener) -> None:
        """Never call `listener`."""

    def close(self) -> None:
        """Release nothing."""
