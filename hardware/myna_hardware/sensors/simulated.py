"""A simulated sensor, with a world that warms it, breaks it and lets it hang."""

from __future__ import annotations

from threading import Event

from myna_hardware.errors import DeviceNotFoundError, HardwareError
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors.quantities import measured

ROOM_C = 21.5


class SimulatedSensor:
    """A thermometer in a room.

    Attributes:
        celsius: What it will tell.
        reads: How often it was asked.
        is_plugged: Whether it is there.

    Args:
        device: The sensor; errors name it.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._answers = Event()
        self._answers.set()
        self.celsius = ROOM_C
        self.reads = 0
        self.is_plugged = True

    def open(self) -> SimulatedSensor:
        """Open it, as often as it was lost.

        Raises:
            DeviceNotFoundError: It is pulled out.
        """
        if not self.is_plugged:
            raise DeviceNotFoundError(self._device, "it is pulled out: plug it in")
        return self

    def read(self) -> tuple[Quantity, ...]:
        """Tell the temperature; never returns while it hangs.

        Raises:
            HardwareError: It is pulled out, or tells what cannot be.
        """
        self.reads += 1
        self._answers.wait()
        if not self.is_plugged:
            raise HardwareError(self._device, "it was pulled out: plug it in")
        return (measured(self._device, "temperature", self.celsius),)

    def unplug(self) -> None:
        """Pull it out."""
        self.is_plugged = False

    def plug(self) -> None:
        """Put it back."""
        self.is_plugged = True

    def hang(self) -> None:
        """Let it answer no more."""
        self._answers.clear()

    def go_on(self) -> None:
        """Let it answer again, whoever waits for it included."""
        self._answers.set()

    def close(self) -> None:
        """Release nothing."""
