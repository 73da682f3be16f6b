"""A simulated button: the GPIO driver on a mock pin, with a hand that presses it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from myna_hardware.button.switch import SwitchButton
from myna_hardware.contact.reader import SETTLE_S
from myna_hardware.gpio import SimulatedPins
from myna_hardware.interfaces import TroubleListener
from myna_hardware.settings import ButtonSettings
from myna_hardware.timers import ManualClock

DEFAULT_PIN: Final = 23
"""Where AIY's Voice HAT has its button; taken when no pin is configured."""

TAP: Final = 0.25
"""How long the hand presses for a tap, and pauses within a double press, as a share of
the time that would make it something else."""

BOUNCES_S: Final = (0.001, 0.008, 0.003)
"""Pauses between the edges of a contact that bounces."""

LONGER_S: Final = 0.001
"""A hand holds for a little longer than it must."""

HUM_S: Final = 0.01
"""Half a period of 50 Hz mains."""


class SimulatedButton(SwitchButton):
    """A button whose time passes only while its hand moves: a hold takes no real seconds."""

    def __init__(self, settings: ButtonSettings) -> None:
        pin = DEFAULT_PIN if settings.pin is None else settings.pin
        self._settings = replace(settings, pin=pin)
        self._pin = pin
        self._time = ManualClock()
        self._pins = SimulatedPins()
        super().__init__(self._settings, self._pins, self._time)

    def watch(self, listener: TroubleListener) -> None:
        """Tell `listener` of trouble, also of that which is there, and of its end."""
        super().watch(listener)
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Leave the button alone for so long."""
        self._time.advance(seconds)

    def press(self) -> None:
        """Tap the button once; the gestures have been reported when this returns."""
        self._rest()
        self._tap()

    def double_press(self) -> None:
        """Tap the button twice in quick succession."""
        self._rest()
        self._tap()
        self.wait(self._settings.double_s * TAP)
        self._tap()

    def hold(self, seconds: float | None = None) -> None:
        """Press the button for so long, or until it counts as held, and let go."""
        self._rest()
        self._push((self._settings.hold_s if seconds is None else seconds) + LONGER_S)

    def push_down(self) -> None:
        """Press the button and keep it down; its time stands still meanwhile, but for `wait`."""
        self._rest()
        self._pins.drive(self._pin, high=False)
        self.wait(SETTLE_S)

    def let_go(self) -> None:
        """Release the button that was pushed down."""
        self._pins.drive(self._pin, high=True)
        self.wait(SETTLE_S)

    def bounce(self) -> None:
        """Tap the button once, with a contact that bounces each time."""
        self._rest()
        for is_high in (False, True):
            for pause_s in BOUNCES_S:
                self._pins.drive(self._pin, high=is_high)
                self.wait(pause_s)
                self._pins.drive(self._pin, high=not is_high)
                self.wait(pause_s)
            self._pins.drive(self._pin, high=is_high)
            self.wait(0.1)

    def flutter(self, seconds: float = 2.0) -> None:
        """Let the pin pick up the mains, as one without a button does."""
        for _ in range(round(seconds / (2 * HUM_S))):
            self._pins.drive(self._pin, high=False)
            self.wait(HUM_S)
            self._pins.drive(self._pin, high=True)
            self.wait(HUM_S)

    def _rest(self) -> None:
        """Let the gesture before this one be over."""
        self.wait(2 * self._settings.double_s)

    def _tap(self) -> None:
        self._push(max(self._settings.hold_s * TAP, SETTLE_S))

    def _push(self, length_s: float) -> None:
        self._pins.drive(self._pin, high=False)
        self.wait(length_s)
        self._pins.drive(self._pin, high=True)
        self.wait(SETTLE_S)
