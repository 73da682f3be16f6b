"""Bosch's BME680 and BME688 on I2C: the only file that imports bme680.

Its gas sensor is left off: it tells a resistance, which means something only against
days of its own history, and its heater warms the thermometer beside it.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, cast

from myna_hardware.errors import DeviceNotFoundError, DriverMissingError, HardwareError
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors.i2c import open_bus
from myna_hardware.sensors.quantities import measured
from myna_hardware.sensors.sensor import INSTALL
from myna_hardware.settings import SensorSettings


class Bme680Sensor:
    """Temperature, humidity and pressure.

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
        library = _library(device)
        self._bus = open_bus(device, settings.bus, root)
        try:
            self._chip = self._set_up(library, settings.address)
        except BaseException:
            self._bus.close()
            raise

    def read(self) -> tuple[Quantity, ...]:
        """Measure; takes a tenth of a second.

        Raises:
            HardwareError: It does not answer, or what it tells cannot be believed.
        """
        try:
            has_measured = self._chip.get_sensor_data()
        except (OSError, ArithmeticError) as error:
            raise HardwareError(
                self._device, f"the BME680 {self._where} does not answer ({error}): check its wires"
            ) from error
        if not has_measured:
            raise HardwareError(self._device, f"the BME680 {self._where} did not measure in time")
        data = self._chip.data
        return (
            measured(self._device, "temperature", data.temperature),
            measured(self._device, "humidity", data.humidity),
            measured(self._device, "pressure", data.pressure),
        )

    def close(self) -> None:
        """Release the bus."""
        self._bus.close()

    def _set_up(self, library: ModuleType, address: int) -> Any:  # noqa: ANN401 - no types
        try:
            chip = library.BME680(i2c_addr=address, i2c_device=self._bus)
            chip.set_gas_status(library.DISABLE_GAS_MEAS)
        except (OSError, RuntimeError, ArithmeticError) as error:
            raise DeviceNotFoundError(
                self._device,
                f"no BME680 answers {self._where} ({error}): `myna devices` lists the chips found",
            ) from error
        return chip


def _library(device: str) -> ModuleType:
    try:
        import bme680
    except ImportError as error:
        raise DriverMissingError(device, "bme680", INSTALL) from error
    return cast("ModuleType", bme680)
