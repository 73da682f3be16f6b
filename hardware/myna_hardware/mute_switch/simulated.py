"""A simulated mute switch: the GPIO driver on a mock pin, with a hand that flips it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from myna_hardware.gpio import SimulatedPins
from myna_hardware.mute_switch.switch import SETTLE_S, SwitchedMute
from myna_hardware.settings import MuteSwitchSettings
from myna_hardware.timers import ManualClock

DEFAULT_PIN: Final = 16
"""Taken when no pin is configured."""


class SimulatedMuteSwitch(SwitchedMute):
    """A switch that begins open, and whose time passes only while its hand moves."""

    def __init__(self, settings: MuteSwitchSettings) -> None:
        self._pin = DEFAULT_PIN if settings.pin is None else settings.pin
        self._time = ManualClock()
        self._pins = SimulatedPins()
        super().__init__(replace(settings, pin=self._pin), self._pins, self._time)

    def wait(self, seconds: float) -> None:
        """Leave the switch alone for so long."""
        self._time.advance(seconds)

    def flip(self) -> None:
        """Put the switch into its other position; it has been told when this returns."""
        self._pins.drive(self._pin, high=not self._pins.level(self._pin))
        self.wait(SETTLE_S)

    def bounce(self) -> None:
        """Flip it with a contact that bounces."""
        for _ in range(4):
            self._pins.drive(self._pin, high=not self._pins.level(self._pin))
            self.wait(0.004)
        self.flip()

    def flutter(self, seconds: float = 2.0) -> None:
        """Let the contact pick up the mains."""
        for _ in range(2 * round(seconds * 50)):
            self._pins.drive(self._pin, high=not self._pins.level(self._pin))
            self.wait(0.01)
