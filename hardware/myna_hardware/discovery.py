"""What is connected to this machine, by the names that the configuration takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from myna_hardware.camera import list_cameras
from myna_hardware.errors import HardwareError
from myna_hardware.gpio import list_gpio_chips
from myna_hardware.microphone import list_microphones
from myna_hardware.sensors import (
    list_hwmon_sensors,
    list_i2c_sensors,
    list_iio_sensors,
    list_w1_sensors,
)
from myna_hardware.speaker import list_speakers
from myna_hardware.spi import list_spi_buses


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of one kind.

    Attributes:
        names: As the configuration takes them.
        trouble: Why nothing could be looked for, or None.
    """

    names: list[str]
    trouble: str | None = None


_KINDS: Final[dict[str, Callable[[], list[str]]]] = {
    "microphones": list_microphones,
    "speakers": list_speakers,
    "cameras": list_cameras,
    "gpio chips": list_gpio_chips,
    "spi buses": list_spi_buses,
    "one-wire thermometers": list_w1_sensors,
    "sensors on i2c": list_i2c_sensors,
    "sensors of the kernel (iio)": list_iio_sensors,
    "sensors of the kernel (hwmon)": list_hwmon_sensors,
}


def find_devices() -> dict[str, Found]:
    """Look for every kind of device; trouble with one kind hides no other."""
    return {kind: _look(names) for kind, names in _KINDS.items()}


def _look(names: Callable[[], list[str]]) -> Found:
    try:
        return Found(names())
    except HardwareError as error:
        return Found([], str(error))
