"""Bosch's BME280 on I2C: the only file that imports bme280 (PyPI: pimoroni-bme280)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from myna_hardware.errors import DeviceNotFoundError, DriverMissingError, HardwareError
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors.i2c import open_bus
from myna_hardware.sensors.quantities import measured
from myna_hardware.sensors.sensor import INSTALL
from myna_hardware.settings import SensorSettings


class Bme280Sensor:
    """Temperature, humidity and pressure; asleep between readings, so it warms itself less.

    Args:
        device: The sensor; errors name it.
        settings: Its bus and address.
        root: Where `dev` is.

    Raises:
        HardwareError: The library, the bus or the chip is missing.
    """

    def __init__(self, device: str, settings: SensorSettings, root: Path) -> None:
        self._device = device
        self._where = f"at {settings.address:#x} on I2C bus {settings.bus}"
        make = _library(device)
        self._bus = open_bus(device, settings.bus, root)
        try:
            self._chip = self._set_up(make(i2c_addr=settings.address, i2c_dev=self._bus))
        except BaseException:
            self._bus.close()
            raise

    def read(self) -> tuple[Quantity, ...]:
        """Measure; takes a tenth of a second.

        Raises:
            HardwareError: It does not answer, or what it tells cannot be believed.
        """
        chip = self._chip
        try:
            chip.update_sensor()
        except (OSError, ArithmeticError) as error:
            raise HardwareError(
                self._device, f"the BME280 {self._where} does not answer ({error}): check its wires"
            ) from error
        return (
            measured(self._device, "temperature", chip.temperature),
            measured(self._device, "humidity", chip.humidity),
            measured(self._device, "pressure", chip.pressure),
        )

    def close(self) -> None:
        """Release the bus."""
        self._bus.close()

    def _set_up(self, chip: Any) -> Any:  # noqa: ANN401 - the library has no types
        try:
            chip.setup(mode="forced")
            # Until the first measurement has ended the registers hold what they do after a
            # reset, which looks like a temperature (datasheet, "Register 0xFA ... temp").
            chip.update_sensor()
        except (OSError, RuntimeError, ArithmeticError) as error:
            raise DeviceNotFoundError(
                self._device,
                f"no BME280 answers {self._where} ({error}): `myna devices` lists the chips found",
            ) from error
        return chip


def _library(device: str) -> Callable[..., Any]:
    try:
        from bme280 import BME280
    except ImportError as error:
        raise DriverMissingError(device, "pimoroni-bme280", INSTALL) from error
    return cast("Callable[..., Any]", BME280)
