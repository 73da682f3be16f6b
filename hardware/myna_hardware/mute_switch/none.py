"""The mute switch of a speaker that has none."""

from __future__ import annotations

from myna_hardware.interfaces import MuteListener


class NoMuteSwitch:
    """A switch that never mutes."""

    @property
    def is_muted(self) -> bool:
        """Return False."""
        return False

    def listen(self, listener: MuteListener) -> None:
        """Never call `listener`."""

    def close(self) -> None:
        """Release nothing."""
