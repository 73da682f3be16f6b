"""A simulated mute switch: the GPIO driver on a mock pin, with a hand that flips it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from myna_hardware.gpio import SimulatedPins
from myna_hardware.mute_switch.switch import SwitchedMute
from myna_hardware.settings import MuteSwitchSettings

DEFAULT_PIN: Final = 16
"""Taken when no pin is configured."""


class SimulatedMuteSwitch(SwitchedMute):
    """A switch that begins open."""

    def __init__(self, settings: MuteSwitchSettings) -> None:
        self._pin = DEFAULT_PIN if settings.pin is None else settings.pin
        self._pins = SimulatedPins()
        super().__init__(replace(settings, pin=self._pin), self._pins)

    def flip(self) -> None:
        """Put the switch into its other position; it has been told when this returns."""
        self._pins.drive(self._pin, high=not self._pins.level(self._pin))
