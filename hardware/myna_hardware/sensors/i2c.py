"""I2C buses: the only file that imports smbus2."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from myna_hardware.errors import DeviceNotFoundError, DriverMissingError, HardwareError
from myna_hardware.groups import how_to_join
from myna_hardware.sensors.sensor import INSTALL

DEV: Final = Path("dev")
CHIP_ID_REGISTER: Final = 0xD0
CHIPS: Final = {0x60: "bme280", 0x61: "bme680"}
"""What Bosch's chips answer there (BME280 datasheet, "Memory map"; BME680, the same)."""

ADDRESSES: Final = (0x76, 0x77)
"""Where they are, by the level of their pin SDO (the same, "I2C interface")."""


def open_bus(device: str, number: int, root: Path) -> Any:  # noqa: ANN401 - an smbus2.SMBus
    """Open a bus.

    Args:
        device: For whom, in words that errors begin with.
        number: 1 is the one on the header, `/dev/i2c-1`.
        root: Where `dev` is.

    Raises:
        DriverMissingError: smbus2 is not installed.
        DeviceNotFoundError: There is no such bus.
        HardwareError: This user may not open it, or it does not open.
    """
    library = _library(device)
    path = root / DEV / f"i2c-{number}"
    if not path.exists():
        raise DeviceNotFoundError(
            device,
            f"there is no {path}: switch I2C on with `sudo raspi-config nonint do_i2c 0` "
            "(dtparam=i2c_arm=on in /boot/firmware/config.txt) and restart",
        )
    if not os.access(path, os.R_OK | os.W_OK):
        raise HardwareError(
            device,
            f"may not open {path}: {how_to_join('i2c')}",
        )
    try:
        return library(str(path))
    except OSError as error:
        raise HardwareError(device, f"{path} does not open: {error.strerror or error}") from error


def list_i2c_sensors(root: Path = Path("/")) -> list[str]:
    """Return the chips that answer, in the words of the configuration.

    Raises:
        HardwareError: A bus cannot be opened.
    """
    numbers = sorted(
        int(number)
        for path in (root / DEV).glob("i2c-*")
        if (number := path.name.removeprefix("i2c-")).isdecimal()
    )
    return [line for number in numbers for line in _chips_on(number, root)]


def _chips_on(number: int, root: Path) -> Iterator[str]:
    bus = open_bus("i2c", number, root)
    try:
        for address in ADDRESSES:
            with suppress(OSError):  # nobody is there
                chip = CHIPS.get(bus.read_byte_data(address, CHIP_ID_REGISTER))
                if chip is not None:
                    yield f'driver = "{chip}", bus = {number}, address = {address:#x}'
    finally:
        bus.close()


def _library(device: str) -> Callable[[str], Any]:
    try:
        from smbus2 import SMBus
    except ImportError as error:
        raise DriverMissingError(device, "smbus2", INSTALL) from error
    return SMBus
