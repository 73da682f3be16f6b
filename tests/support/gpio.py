"""Mock GPIO pins for the real drivers, which a test can wait for."""

from __future__ import annotations

from threading import Condition
from typing import Any

import gpiozero
from gpiozero.pins.mock import MockFactory, MockPWMPin

from myna_hardware.gpio import Pins

PATIENCE_S = 10.0


class WatchedPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """A mock pin that wakes those who wait for it to change."""

    is_deaf = False
    """Whether its edges get lost."""

    def __init__(self, factory: MockFactory, info: object) -> None:
        self.changed = Condition()
        super().__init__(factory, info)

    def _change_state(self, value: float) -> bool:
        with self.changed:
            has_changed = bool(super()._change_state(value))
            self.changed.notify_all()
        return has_changed

    def _call_when_changed(self) -> None:
        if not self.is_deaf:
            super()._call_when_changed()

    def await_levels(self, *levels: float) -> None:
        """Wait until the pin has gone through `levels`, in this order."""

        def has_passed() -> bool:
            seen = iter([state.state for state in self.states])
            return all(level in seen for level in levels)

        with self.changed:
            assert self.changed.wait_for(has_passed, PATIENCE_S), self.states


class EdgelessPin(WatchedPin):
    """A pin whose edges cannot be had, in the words of RPi.GPIO on kernel 6.6."""

    def _enable_event_detect(self) -> None:
        message = "Failed to add edge detection"
        raise RuntimeError(message)


class GroundedPin(WatchedPin):
    """A pin that is connected to ground, whatever pulls it up."""

    def _set_pull(self, value: str) -> None:
        self._pull = value
        self._change_state(0)


class MockBoard:
    """A Raspberry Pi 3B of mock pins: `pins` for a driver, the rest for the test."""

    def __init__(self, pin_class: type[WatchedPin] = WatchedPin) -> None:
        self._factory = MockFactory(pin_class=pin_class)
        self.pins = Pins(gpiozero, self._factory)

    def pin(self, number: int) -> Any:  # noqa: ANN401 (gpiozero has no types)
        """Return the mock pin."""
        return self._factory.pin(number)

    def level(self, number: int) -> float:
        """Return the electrical level of a pin, 0 to 1."""
        return float(self._factory.pin(number).state)

    def pins_in_use(self) -> set[int]:
        """Return the numbers of the pins that anybody has ever touched."""
        return {int(str(info.name).removeprefix("GPIO")) for info in self._factory.pins}

    def drive(self, number: int, *, high: bool) -> None:
        """Pull an input up or down."""
        pin = self.pin(number)
        (pin.drive_high if high else pin.drive_low)()
