"""What a driver of one sensor is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from myna_hardware.interfaces import Quantity


class Sensor(Protocol):
    """One open sensor; asked by one thread at a time."""

    def read(self) -> tuple[Quantity, ...]:
        """Return what it tells now; may block, and may never return.

        Raises:
            HardwareError: It tells nothing that can be believed.
        """
        ...

    def close(self) -> None:
        """Release the device; idempotent."""
        ...


OpenSensor: TypeAlias = Callable[[], Sensor]
"""Opens a sensor, or raises a HardwareError."""

INSTALL = "sudo ./install.sh --with sensors"
"""What brings the libraries for one-wire and I2C."""
