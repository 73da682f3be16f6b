"""Lights of a speaker that has none."""

from __future__ import annotations

from myna_hardware.interfaces import Pattern, TroubleListener
from myna_hardware.settings import LightsSettings


class NoLights:
    """Show nothing."""

    def show(self, pattern: Pattern) -> None:
        """Show nothing."""

    def show_level(self, level: float) -> None:
        """Show nothing."""

    def show_volume(self, percent: int) -> None:
        """Show nothing."""

    def light_microphone(self, *, is_on: bool) -> None:
        """Light nothing."""

    def light_camera(self, *, is_on: bool) -> None:
        """Light nothing."""

    def dim(self, settings: LightsSettings) -> None:
        """Dim nothing."""

    def watch(self, listener: TroubleListener) -> None:
        """Promise no trouble."""

    def close(self) -> None:
        """Release nothing."""
