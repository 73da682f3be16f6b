"""The libraries of Bosch's chips on smbus2, above simulated chips."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import smbus2.smbus2

from myna_hardware.errors import DeviceNotFoundError, DriverMissingError, HardwareError
from myna_hardware.sensors import list_i2c_sensors
from myna_hardware.sensors.bme280 import Bme280Sensor
from myna_hardware.sensors.bme680 import Bme680Sensor
from myna_hardware.sensors.sensor import Sensor
from myna_hardware.settings import SensorSettings
from support.i2c import Bme280, Bme680, Chip, I2cBus

Make = Callable[[str, SensorSettings, Path], Sensor]

SETTINGS = SensorSettings(driver="bme280")
MAKERS: dict[str, Make] = {"bme280": Bme280Sensor, "bme680": Bme680Sensor}
CHIPS: dict[str, Callable[[], Chip]] = {"bme280": Bme280, "bme680": Bme680}


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> I2cBus:
    made = I2cBus(tmp_path)
    made.put_under(monkeypatch)
    return made


@pytest.fixture(params=MAKERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def open_buses(root: Path) -> list[str]:
    """Return which files below `root` this process has open."""
    links = [Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
    paths = [os.readlink(link) for link in links if link.is_symlink()]  # noqa: PTH115
    return [path for path in paths if path.startswith(str(root))]


class Slow(Bme280):
    """Its first measurement is not there when it is read."""

    is_first = True

    def write(self, register: int, data: bytes) -> None:
        """Forget the first wish to measure."""
        if register == 0xF4 and data[0] & 3 and self.is_first:
            self.is_first = False
        else:
            super().write(register, data)


def test_first_reading_is_none_of_what_a_reset_leaves(tmp_path: Path, bus: I2cBus) -> None:
    bus.chips[0x76] = Slow()
    sensor = Bme280Sensor("sensor attic", SETTINGS, tmp_path)
    assert [quantity.value for quantity in sensor.read()] == [25.1, 55.0, 1006.5]
    sensor.close()


def test_chip_that_is_not_there_is_told_with_its_address(
    tmp_path: Path, bus: I2cBus, name: str
) -> None:
    bus.chips[0x77] = CHIPS[name]()
    with pytest.raises(DeviceNotFoundError, match=f"no {name.upper()} answers at 0x76 on I2C bus"):
        MAKERS[name]("sensor attic", SETTINGS, tmp_path)
    assert open_buses(tmp_path) == []


def test_other_chip_at_the_address_is_told(tmp_path: Path, bus: I2cBus, name: str) -> None:
    bus.chips[0x76] = Chip(0x58)  # a BMP280
    with pytest.raises(DeviceNotFoundError, match=r"(?i)chip.id"):
        MAKERS[name]("sensor attic", SETTINGS, tmp_path)
    assert open_buses(tmp_path) == []


def test_chip_that_stops_answering_is_told(tmp_path: Path, bus: I2cBus, name: str) -> None:
    bus.chips[0x76] = CHIPS[name]()
    sensor = MAKERS[name]("sensor attic", SETTINGS, tmp_path)
    bus.chips.clear()
    with pytest.raises(HardwareError, match=f"the {name.upper()} at 0x76 .* does not answer"):
        sensor.read()
    sensor.close()
    assert open_buses(tmp_path) == []


def test_missing_bus_is_told_with_the_cure(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeviceNotFoundError, match="raspi-config nonint do_i2c 0"):
        MAKERS[name]("sensor attic", SETTINGS, tmp_path)


@pytest.mark.parametrize("is_smbus2", [True, False])
def test_missing_library_names_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bus: I2cBus, name: str, is_smbus2: bool
) -> None:
    bus.chips[0x76] = CHIPS[name]()
    monkeypatch.setitem(sys.modules, "smbus2" if is_smbus2 else name, None)
    with pytest.raises(DriverMissingError, match=r"is not installed: sudo ./install\.sh --with"):
        MAKERS[name]("sensor attic", SETTINGS, tmp_path)


def test_bus_that_may_not_be_opened_names_the_group(
    tmp_path: Path, bus: I2cBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bus.chips == {}
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(HardwareError, match=r"usermod -aG i2c"):
        Bme280Sensor("sensor attic", SETTINGS, tmp_path)


def test_bus_that_does_not_open_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    I2cBus(tmp_path)

    def refuse(*_: object) -> None:
        raise OSError(25, "Inappropriate ioctl for device")

    monkeypatch.setattr(smbus2.smbus2, "ioctl", refuse)
    with pytest.raises(HardwareError, match=r"i2c-1 does not open: Inappropriate ioctl"):
        Bme280Sensor("sensor attic", SETTINGS, tmp_path)


class Idle(Bme680):
    """Has never measured anything new."""

    def write(self, register: int, data: bytes) -> None:
        """Take no wish to measure."""
        if register != 0x74:
            super().write(register, data)


def test_chip_that_does_not_measure_in_time_is_told(tmp_path: Path, bus: I2cBus) -> None:
    bus.chips[0x76] = Idle()
    sensor = Bme680Sensor("sensor attic", SETTINGS, tmp_path)
    with pytest.raises(HardwareError, match="BME680 at 0x76 on I2C bus 1 did not measure in time"):
        sensor.read()
    sensor.close()


def test_gas_sensor_is_off(tmp_path: Path, bus: I2cBus) -> None:
    chip = bus.chips[0x76] = Bme680()
    Bme680Sensor("sensor attic", SETTINGS, tmp_path).close()
    assert chip.registers[0x71] & 0x30 == 0


def test_chips_are_listed_in_the_words_of_the_configuration(tmp_path: Path, bus: I2cBus) -> None:
    I2cBus(tmp_path, number=10)
    bus.chips |= {0x76: Bme280(), 0x77: Bme680(), 0x40: Chip(0x60)}
    # The same chips are on both buses here, as the kernel's place is taken by one object.
    assert list_i2c_sensors(tmp_path)[:2] == [
        'driver = "bme280", bus = 1, address = 0x76',
        'driver = "bme680", bus = 1, address = 0x77',
    ]
    bus.chips = {0x76: Chip(0x58)}
    assert list_i2c_sensors(tmp_path) == []
    assert open_buses(tmp_path) == []
    assert list_i2c_sensors(tmp_path / "nothing") == []
