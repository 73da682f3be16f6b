"""A simulated knob: the GPIO driver on mock pins, with a hand that turns it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from myna_hardware.gpio import SimulatedPins
from myna_hardware.knob.encoder import GATHER_S, EncoderKnob
from myna_hardware.settings import KnobSettings
from myna_hardware.timers import ManualClock

DEFAULT_PINS: Final = (5, 6)
"""Taken when no pins are configured."""

CYCLE: Final = ((False, True), (False, False), (True, False), (True, True))
"""Whether the pins A and B are high, in turn, for one detent clockwise from rest."""


class SimulatedKnob(EncoderKnob):
    """A knob whose time passes only while its hand turns it."""

    def __init__(self, settings: KnobSettings) -> None:
        a_pin, b_pin = settings.a_pin, settings.b_pin
        self._a_pin = DEFAULT_PINS[0] if a_pin is None else a_pin
        self._b_pin = DEFAULT_PINS[1] if b_pin is None else b_pin
        self._time = ManualClock()
        self._pins = SimulatedPins()
        settings = replace(settings, a_pin=self._a_pin, b_pin=self._b_pin)
        super().__init__(settings, self._pins, self._time)

    def turn(self, detents: int) -> None:
        """Turn it clockwise, or back if negative; it has been told when this returns."""
        first, second = (self._a_pin, self._b_pin) if detents > 0 else (self._b_pin, self._a_pin)
        for is_first_high, is_second_high in CYCLE * abs(detents):
            self._pins.drive(first, high=is_first_high)
            self._pins.drive(second, high=is_second_high)
        self._time.advance(GATHER_S)

    def bounce(self) -> None:
        """Let one contact bounce while the knob rests."""
        for _ in range(5):
            self._pins.drive(self._a_pin, high=False)
            self._pins.drive(self._a_pin, high=True)
        self._time.advance(GATHER_S)
