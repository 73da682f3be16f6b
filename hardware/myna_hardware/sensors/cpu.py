"""The processor's own thermometer.

`thermal_zone0` is what Raspberry Pi's documentation and gpiozero's `CPUTemperature` read,
which would start a pin factory for it; millidegrees (the kernel's
Documentation/driver-api/thermal/sysfs-api.rst).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from myna_hardware.errors import DeviceNotFoundError, HardwareError
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors.quantities import measured

FILE: Final = Path("sys/class/thermal/thermal_zone0/temp")


class CpuSensor:
    """The thermometer in the processor.

    Args:
        device: The sensor; errors name it.
        root: Where `sys` is.

    Raises:
        DeviceNotFoundError: This machine has none.
    """

    def __init__(self, device: str, root: Path) -> None:
        self._device = device
        self._path = root / FILE
        if not has_cpu_sensor(root):
            raise DeviceNotFoundError(device, f"this machine has none (no {self._path})")

    def read(self) -> tuple[Quantity, ...]:
        """Return its temperature.

        Raises:
            HardwareError: It tells none.
        """
        try:
            milli_celsius = float(self._path.read_text())
        except (OSError, ValueError) as error:
            raise HardwareError(self._device, f"{self._path} tells nothing: {error}") from error
        return (measured(self._device, "temperature", milli_celsius / 1000),)

    def close(self) -> None:
        """Release nothing: the kernel has it."""


def has_cpu_sensor(root: Path) -> bool:
    """Tell whether this machine's processor has a thermometer."""
    return (root / FILE).exists()
