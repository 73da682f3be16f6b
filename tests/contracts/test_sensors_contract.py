"""What every driver of a sensor owes its users."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Quantity, Reading
from myna_hardware.sensors import opener
from myna_hardware.sensors.asked import RETRY_S, Manner
from myna_hardware.sensors.digital import DigitalSensor
from myna_hardware.sensors.polled import PolledSensors
from myna_hardware.sensors.sensor import OpenSensor
from myna_hardware.sensors.simulated import SimulatedSensor
from myna_hardware.settings import SensorSettings
from myna_hardware.timers import ManualClock
from support.gpio import PATIENCE_S, MockBoard, WatchedPin
from support.i2c import Bme280, Bme680, Chip, I2cBus
from support.kernel_files import NUMBER, put_chip, put_processor, put_thermometer
from support.told import Told

ATMOSPHERE = ("temperature", "humidity", "pressure")


@dataclass
class World:
    """A sensor, and what can be done to it."""

    settings: SensorSettings
    open_sensor: OpenSensor
    tells: tuple[Quantity, ...]
    lose: Callable[[], object]
    restore: Callable[[], object]
    change: Callable[[], object]


def celsius(value: float) -> Quantity:
    return Quantity("temperature", value, "°C")


class TornPin(WatchedPin):
    """A pin that can be read no more."""

    is_torn = False

    def _get_state(self) -> float:
        if self.is_torn:
            raise OSError(5, "Input/output error")
        return float(super()._get_state())


def digital(_root: Path, _monkeypatch: pytest.MonkeyPatch) -> World:
    board = MockBoard(TornPin)
    settings = SensorSettings(driver="digital", pin=5)

    def tear(*, is_torn: bool) -> None:
        board.pin(5).is_torn = is_torn

    return World(
        settings,
        lambda: DigitalSensor("sensor it", settings, board.pins),
        (Quantity("state", "open"),),
        lambda: tear(is_torn=True),
        lambda: tear(is_torn=False),
        lambda: board.drive(5, high=False),
    )


def w1(root: Path, _monkeypatch: pytest.MonkeyPatch) -> World:
    settings = SensorSettings(driver="w1", device=NUMBER)
    folder = put_thermometer(root).parent
    return World(
        settings,
        opener("it", settings, root),
        (celsius(21.4),),
        lambda: shutil.rmtree(folder),
        lambda: put_thermometer(root),
        lambda: put_thermometer(root, -5125),
    )


def i2c(
    make_chip: Callable[[], Chip], settings: SensorSettings, told: tuple[float, ...]
) -> Callable[[Path, pytest.MonkeyPatch], World]:
    def make(root: Path, monkeypatch: pytest.MonkeyPatch) -> World:
        bus, chip = I2cBus(root), make_chip()
        bus.chips[settings.address] = chip
        bus.put_under(monkeypatch)
        return World(
            settings,
            opener("it", settings, root),
            tuple(map(Quantity, ATMOSPHERE, told, ("°C", "%", "hPa"))),
            lambda: bus.chips.pop(settings.address),
            lambda: bus.chips.setdefault(settings.address, chip),
            lambda: setattr(chip, "temperature", 530000),
        )

    return make


def iio(root: Path, _monkeypatch: pytest.MonkeyPatch) -> World:
    settings = SensorSettings(driver="iio", device="bme280")
    folder = root / "sys/bus/iio/devices/iio:device0"
    files = {
        "in_temp_input": 21340,
        "in_humidityrelative_input": 48560,
        "in_pressure_input": "100.653",
    }

    def put(milli_celsius: int = 21340) -> None:
        put_chip(folder, "bme280", {**files, "in_temp_input": milli_celsius})

    put()
    return World(
        settings,
        opener("it", settings, root),
        tuple(map(Quantity, ATMOSPHERE, (21.3, 48.6, 1006.5), ("°C", "%", "hPa"))),
        lambda: shutil.rmtree(folder),
        put,
        lambda: put(30000),
    )


def hwmon(root: Path, _monkeypatch: pytest.MonkeyPatch) -> World:
    settings = SensorSettings(driver="hwmon", device="sht3x")
    folder = root / "sys/class/hwmon/hwmon2"

    def put(milli_celsius: int = 19800) -> None:
        put_chip(folder, "sht3x", {"temp1_input": milli_celsius, "humidity1_input": 51230})

    put()
    return World(
        settings,
        opener("it", settings, root),
        (celsius(19.8), Quantity("humidity", 51.2, "%")),
        lambda: shutil.rmtree(folder),
        put,
        lambda: put(30000),
    )


def cpu(root: Path, _monkeypatch: pytest.MonkeyPatch) -> World:
    settings = SensorSettings(driver="cpu")
    file = put_processor(root)
    return World(
        settings,
        opener("it", settings, root),
        (celsius(48.3),),
        file.unlink,
        lambda: put_processor(root),
        lambda: put_processor(root, 60000),
    )


def simulated(_root: Path, _monkeypatch: pytest.MonkeyPatch) -> World:
    settings = SensorSettings(driver="simulated")
    sensor = SimulatedSensor("sensor it")
    return World(
        settings,
        sensor.open,
        (celsius(21.5),),
        sensor.unplug,
        sensor.plug,
        lambda: setattr(sensor, "celsius", 3.0),
    )


DRIVERS: dict[str, Callable[[Path, pytest.MonkeyPatch], World]] = {
    "digital": digital,
    "w1": w1,
    "bme280": i2c(Bme280, SensorSettings(driver="bme280", address=0x77), (25.1, 55.0, 1006.5)),
    "bme680": i2c(Bme680, SensorSettings(driver="bme680"), (26.7, 42.4, 987.1)),
    "iio": iio,
    "hwmon": hwmon,
    "cpu": cpu,
    "simulated": simulated,
}


@pytest.fixture(params=DRIVERS)
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return DRIVERS[request.param](tmp_path, monkeypatch)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sensors(world: World, clock: ManualClock) -> Iterator[PolledSensors]:
    other = SensorSettings(driver="simulated", label="the other")
    made = PolledSensors(
        {"it": world.settings, "other": other},
        {"it": world.open_sensor, "other": SimulatedSensor("sensor other").open},
        Manner(clock, limit_s=PATIENCE_S, pause_s=0),
    )
    yield made
    made.close()


def test_sensors_tell_what_they_measure_in_its_units(world: World, sensors: PolledSensors) -> None:
    assert sensors.labels == {"it": "it", "other": "the other"}
    assert sensors.readings() == {
        "it": Reading("it", "it", world.tells),
        "other": Reading("other", "the other", (celsius(21.5),)),
    }


def test_sensors_are_not_asked_again_while_a_reading_is_fresh(
    world: World, sensors: PolledSensors, clock: ManualClock
) -> None:
    sensors.readings()
    world.change()
    clock.advance(1.9)
    told = sensors.readings()["it"]
    assert told.quantities == world.tells
    assert told.age_s == pytest.approx(1.9)
    clock.advance(0.2)
    told = sensors.readings()["it"]
    assert told.quantities != world.tells
    assert (told.problem, told.age_s) == (None, 0)


def test_sensor_that_is_lost_says_why_and_costs_no_other(
    world: World, sensors: PolledSensors, clock: ManualClock
) -> None:
    sensors.readings()
    world.lose()
    clock.advance(3)
    told = sensors.readings()
    assert told["it"].quantities == ()
    assert told["it"].problem
    assert "its driver failed" not in told["it"].problem
    assert told["other"].problem is None
    world.restore()
    clock.advance(3)
    assert sensors.readings()["it"].quantities == world.tells


def test_sensor_that_is_missing_at_first_is_used_once_it_is_there(
    world: World, sensors: PolledSensors, clock: ManualClock
) -> None:
    world.lose()
    assert sensors.readings()["it"].problem
    world.restore()
    clock.advance(3)
    assert sensors.readings()["it"] == Reading("it", "it", world.tells)


def test_sensors_tell_trouble_once_and_its_end_once(
    world: World, sensors: PolledSensors, clock: ManualClock
) -> None:
    told = Told()
    world.lose()
    sensors.watch(told)
    told.wait_for(1)
    sensors.readings()  # nobody is being asked any more
    clock.advance(RETRY_S)
    sensors.readings()
    world.restore()
    clock.advance(RETRY_S)
    told.wait_for(2)
    (first, trouble), end = told.so_far
    assert isinstance(trouble, HardwareError)
    assert trouble.about("sensor it") == trouble.problem
    assert (first, end) == ("it", ("it", None))


def test_sensors_close_twice_and_tell_nothing_more(sensors: PolledSensors) -> None:
    sensors.readings()
    sensors.close()
    sensors.close()
    assert sensors.readings() == {}
