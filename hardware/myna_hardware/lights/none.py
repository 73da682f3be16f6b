"""Lights of a speaker that has none."""

from __future__ import annotations

from myna_hardware.interfaces import Pattern


class NoLights:
    """Show nothing."""

    def show(self, pattern: Pattern) -> None:
        """Show nothing."""

    def show_level(self, level: float) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Release nothing."""
