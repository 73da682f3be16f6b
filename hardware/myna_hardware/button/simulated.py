"""A simulated button: the GPIO driver on a mock pin, with a hand that presses it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from myna_hardware.button.switch import SwitchButton
from myna_hardware.gpio import SimulatedPins
from myna_hardware.settings import ButtonSettings
from myna_hardware.timers import ManualClock

DEFAULT_PIN: Final = 23
"""Where AIY's Voice HAT has its button; taken when no pin is configured."""

TAP: Final = 0.25
"""How long the hand presses for a tap, and pauses within a double press, as a share of
the time that would make it something else."""


class SimulatedButton(SwitchButton):
    """A button whose time passes only while its hand moves: a hold takes no real seconds."""

    def __init__(self, settings: ButtonSettings) -> None:
        pin = DEFAULT_PIN if settings.pin is None else settings.pin
        self._settings = replace(settings, pin=pin)
        self._pin = pin
        self._time = ManualClock()
        self._pins = SimulatedPins()
        super().__init__(self._settings, self._pins, self._time)

    def press(self) -> None:
        """Tap the button once; the gestures have been reported when this returns."""
        self._rest()
        self._tap()

    def double_press(self) -> None:
        """Tap the button twice in quick succession."""
        self._rest()
        self._tap()
        self._time.advance(self._settings.double_s * TAP)
        self._tap()

    def hold(self) -> None:
        """Press the button until it counts as held, and let go."""
        self._rest()
        self._pins.drive(self._pin, high=False)
        self._time.advance(self._settings.hold_s)
        self._pins.drive(self._pin, high=True)

    def _rest(self) -> None:
        """Let the gesture before this one be over."""
        self._time.advance(2 * self._settings.double_s)

    def _tap(self) -> None:
        self._pins.drive(self._pin, high=False)
        self._time.advance(self._settings.hold_s * TAP)
        self._pins.drive(self._pin, high=True)
