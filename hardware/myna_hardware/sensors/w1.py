"""Thermometers on one-wire (DS18B20 and its kin): the only file that imports w1thermsensor."""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import ModuleType
from typing import Any, Final, cast

from myna_hardware.errors import DeviceNotFoundError, DriverMissingError, HardwareError
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors.quantities import measured
from myna_hardware.sensors.sensor import INSTALL

FOLDER: Final = Path("sys/bus/w1/devices")

_THERMOMETER: Final = re.compile(r"(10|22|28|3b|42)-[0-9a-f]{12}")
"""The families that the kernel's w1_therm drives, as w1thermsensor does (its `Sensor`)."""

AT_POWER_ON: Final = 85.0
"""Told before the first measurement (DS18B20 datasheet, "Temperature Register Format");
w1thermsensor refuses it for some families only."""


class W1Sensor:
    """One thermometer.

    Args:
        device: The sensor; errors name it.
        number: Its number on the wire, `28-0300a279f7d1`; None for the only one there is.
        root: Where `sys` is.

    Raises:
        DriverMissingError: w1thermsensor is not installed.
        DeviceNotFoundError: There is no such thermometer, or no wire.
    """

    def __init__(self, device: str, number: str | None, root: Path) -> None:
        self._device = device
        self._library = _library(device)
        found = list_w1_sensors(root)
        number = number or _only(device, found, root)
        if number not in found:
            there = ", ".join(found) or "none"
            raise DeviceNotFoundError(
                device, f"no thermometer {number} is on the wire; there are: {there}"
            )
        self._number = number
        self._sensor = self._open(root / FOLDER)

    def read(self) -> tuple[Quantity, ...]:
        """Measure; blocks for 0.75 s.

        Raises:
            HardwareError: It does not answer, or what it tells cannot be believed.
        """
        celsius = self._measure()
        if celsius == AT_POWER_ON:
            raise HardwareError(self._device, self._at_power_on())
        return (measured(self._device, "temperature", celsius),)

    def close(self) -> None:
        """Release nothing: the kernel has it."""

    def _open(self, folder: Path) -> Any:  # noqa: ANN401 - w1thermsensor's class, made here
        library = self._library
        sensor = type("W1", (library.W1ThermSensor,), {"BASE_DIRECTORY": folder})
        try:
            return sensor(library.Sensor.from_id_string(self._number[:2]), self._number[3:])
        except library.NoSensorFoundError as error:
            raise DeviceNotFoundError(
                self._device,
                f"the kernel does not read {self._number}: `sudo modprobe w1-therm`",
            ) from error

    def _measure(self) -> float:
        library = self._library
        try:
            return float(self._sensor.get_temperature())
        except library.NoSensorFoundError as error:
            raise HardwareError(
                self._device, f"{self._number} has gone from the wire: check it"
            ) from error
        except library.ResetValueError as error:
            raise HardwareError(self._device, self._at_power_on()) from error
        except (library.W1ThermSensorError, LookupError, ValueError) as error:
            raise HardwareError(
                self._device,
                f"{self._number} answers garbled (its checksum is wrong): check the wire, and "
                "the resistor of 4.7 kΩ from data to 3.3 V",
            ) from error

    def _at_power_on(self) -> str:
        return (
            f"{self._number} tells 85 °C, which it does when it did not measure: check its "
            "supply of 3.3 V"
        )


def list_w1_sensors(root: Path = Path("/")) -> list[str]:
    """Return the thermometers on the wire, as `sensors.NAME.device` takes them."""
    folder = root / FOLDER
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if _THERMOMETER.fullmatch(path.name))


def _only(device: str, found: list[str], root: Path) -> str:
    if len(found) == 1:
        return found[0]
    if found:
        raise DeviceNotFoundError(
            device, f"there are several thermometers, set device to one of {', '.join(found)}"
        )
    if (root / FOLDER).is_dir():
        text = (
            "no thermometer is on the wire: check it, and the resistor of 4.7 kΩ from data to 3.3 V"
        )
    else:
        text = (
            "this machine has no one-wire bus: add dtoverlay=w1-gpio to "
            "/boot/firmware/config.txt and restart"
        )
    raise DeviceNotFoundError(device, text)


def _library(device: str) -> ModuleType:
    # Its import would load kernel modules otherwise, through a shell (its `kernel.py`).
    os.environ["W1THERMSENSOR_NO_KERNEL_MODULE"] = "1"
    try:
        import w1thermsensor
    except ImportError as error:
        raise DriverMissingError(device, "w1thermsensor", INSTALL) from error
    return cast("ModuleType", w1thermsensor)
