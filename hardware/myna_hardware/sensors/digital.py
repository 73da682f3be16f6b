"""A contact on a GPIO pin: a door, a window, a motion detector, a water alarm."""

from __future__ import annotations

from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.gpio import Pins
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors.quantities import STATE
from myna_hardware.settings import SensorSettings


class DigitalSensor:
    """A pin that is high or low, and what that means.

    Args:
        device: The sensor; errors name it.
        settings: Its pin, and the words for its two states.
        pins: Where the pin is.

    Raises:
        HardwareError: No pin is given, or it cannot be opened.
    """

    def __init__(self, device: str, settings: SensorSettings, pins: Pins) -> None:
        if settings.pin is None:
            raise DeviceNotFoundError(device, "set its pin, the GPIO that the contact is on")
        self._settings = settings
        self._pin = pins.sense(device, settings.pin, pull=settings.pull)

    def read(self) -> tuple[Quantity, ...]:
        """Return the word for the state.

        Raises:
            DeviceLostError: The pin does not answer.
        """
        is_active = self._pin.is_high == self._settings.active_high
        word = self._settings.active if is_active else self._settings.inactive
        return (Quantity(STATE, word),)

    def close(self) -> None:
        """Release the pin."""
        self._pin.close()
