"""When sensors are asked, and what becomes of those that hang, stumble or fail."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from myna_hardware.errors import DeviceNotFoundError, DriverMissingError, HardwareError
from myna_hardware.interfaces import Quantity, Reading
from myna_hardware.sensors import open_sensors
from myna_hardware.sensors.asked import RETRY_S, AskedSensor, Manner
from myna_hardware.sensors.attempts import ATTEMPTS, Attempts
from myna_hardware.sensors.polled import PolledSensors
from myna_hardware.sensors.simulated import SimulatedSensor
from myna_hardware.settings import SensorSettings
from myna_hardware.timers import ManualClock
from support.gpio import PATIENCE_S
from support.kernel_files import put_chip, put_processor
from support.told import Told

SETTINGS = {name: SensorSettings(driver="simulated") for name in ("hall", "attic")}
WARM = (Quantity("temperature", 21.5, "°C"),)


class House:
    """Two simulated sensors."""

    def __init__(self, manner: Manner) -> None:
        self.hall = SimulatedSensor("sensor hall")
        self.attic = SimulatedSensor("sensor attic")
        self.sensors = PolledSensors(
            SETTINGS, {"hall": self.hall.open, "attic": self.attic.open}, manner
        )

    def tells(self) -> dict[str, bool]:
        """Read them all, and return which tell something."""
        return {name: bool(one.quantities) for name, one in self.sensors.readings().items()}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def make_house() -> Iterator[Callable[[Manner], House]]:
    houses: list[House] = []

    def make(manner: Manner) -> House:
        houses.append(House(manner))
        return houses[-1]

    yield make
    for house in houses:
        house.attic.go_on()
        house.sensors.close()


@pytest.fixture
def house(make_house: Callable[[Manner], House], clock: ManualClock) -> House:
    return make_house(Manner(clock, limit_s=PATIENCE_S, pause_s=0))


@pytest.fixture
def hasty(make_house: Callable[[Manner], House]) -> House:
    return make_house(Manner(limit_s=0.3))


def test_sensor_that_hangs_costs_its_own_reading_within_the_limit(hasty: House) -> None:
    told = Told()
    hasty.attic.hang()
    readings = hasty.sensors.readings()
    assert readings["hall"].quantities == WARM
    problem = readings["attic"].problem
    assert problem == "does not answer within 0.3 s: check its wiring and power"
    hasty.sensors.watch(told)
    told.wait_for(1)
    assert [(name, str(trouble)) for name, trouble in told.so_far] == [
        ("attic", f"sensor attic: {problem}")
    ]


def test_sensor_that_hangs_is_asked_once_however_many_ask(hasty: House) -> None:
    hasty.attic.hang()
    before = threading.active_count()
    for _ in range(50):
        assert hasty.tells() == {"hall": True, "attic": False}
    assert hasty.attic.reads == 1
    assert threading.active_count() <= before + 3  # it, its alarm, and one that just ends


def test_sensor_that_hung_is_well_once_it_answers(hasty: House) -> None:
    told = Told()
    hasty.attic.hang()
    hasty.sensors.watch(told)
    told.wait_for(1)
    hasty.attic.go_on()
    told.wait_for(2)
    assert told.so_far[1] == ("attic", None)
    assert hasty.tells() == {"hall": True, "attic": True}


def test_file_that_blocks_its_reader_costs_its_own_reading(tmp_path: Path) -> None:
    put_processor(tmp_path)
    chip = put_chip(tmp_path / "sys/bus/iio/devices/iio:device0", "bme280", {})
    fifo = chip / "in_temp_input"
    os.mkfifo(fifo)  # whoever opens it for reading waits for a writer
    settings = {"attic": SensorSettings(driver="iio", device="bme280")}
    sensors = open_sensors(settings, tmp_path, Manner(limit_s=0.3))
    readings = sensors.readings()
    sensors.close()  # does not wait for it either
    fifo.write_text("20000")  # lets it go
    assert "does not answer" in str(readings["attic"].problem)
    assert readings["cpu"].quantities == (Quantity("temperature", 48.3, "°C"),)


def test_sensor_closes_after_the_reading_that_it_is_closed_in(hasty: House) -> None:
    class Closing(SimulatedSensor):
        closed = Event()

        def close(self) -> None:
            self.closed.set()

    sensor = Closing("sensor hall")
    sensor.hang()
    sensors = PolledSensors(
        {"hall": SETTINGS["hall"]}, {"hall": lambda: sensor}, Manner(limit_s=0.3)
    )
    sensors.readings()
    sensors.close()
    assert not sensor.closed.is_set()
    sensor.go_on()
    assert sensor.closed.wait(PATIENCE_S)


def test_flood_of_readings_asks_a_sensor_once(house: House) -> None:
    for _ in range(1000):
        house.sensors.readings()
    assert house.hall.reads == 1


def test_trouble_is_asked_about_again_after_a_minute_and_not_before(
    house: House, clock: ManualClock
) -> None:
    told = Told()
    house.sensors.watch(told)
    house.sensors.readings()
    house.hall.unplug()
    clock.advance(3)
    house.sensors.readings()
    told.wait_for(1)
    reads = house.hall.reads
    clock.advance(RETRY_S - 1)
    assert house.hall.reads == reads
    house.hall.plug()
    clock.advance(1)
    told.wait_for(2)
    assert house.hall.reads == reads + 1


def test_closed_sensors_are_left_alone(house: House, clock: ManualClock) -> None:
    told = Told()
    house.hall.unplug()
    house.sensors.watch(told)
    house.sensors.readings()
    house.sensors.close()
    house.hall.plug()
    clock.advance(10 * RETRY_S)
    assert house.hall.reads == 0
    assert len(told.so_far) == 1


def asked(
    sensor: SimulatedSensor, clock: ManualClock, told: Told, fresh_s: float = 2.0
) -> AskedSensor:
    manner = Manner(clock, limit_s=8, pause_s=0)
    return AskedSensor(Reading("hall", "hall"), fresh_s, sensor.open, manner, told)


def answered(sensor: AskedSensor) -> None:
    """Ask, and wait for the answer."""
    done = sensor.ask()
    assert done is not None
    done.result(PATIENCE_S)


def test_nobody_waits_for_a_sensor_that_is_late(clock: ManualClock) -> None:
    hall = SimulatedSensor("sensor hall")
    hall.hang()
    sensor = asked(hall, clock, Told())
    done = sensor.ask()
    assert sensor.ask() is done
    clock.advance(8)
    assert sensor.ask() is None
    hall.go_on()


def test_sensor_is_late_by_its_own_reading_only(clock: ManualClock) -> None:
    hall, told = SimulatedSensor("sensor hall"), Told()
    sensor = asked(hall, clock, told)
    answered(sensor)
    clock.advance(7)
    hall.hang()
    sensor.ask()
    clock.advance(7.9)
    assert told.so_far == []
    clock.advance(0.1)
    assert len(told.so_far) == 1
    hall.go_on()


def test_closed_sensor_tells_nothing_of_the_reading_that_it_was_closed_in(
    clock: ManualClock,
) -> None:
    hall, told = SimulatedSensor("sensor hall"), Told()
    hall.hang()
    sensor = asked(hall, clock, told)
    done = sensor.ask()
    assert done is not None
    sensor.close()
    hall.unplug()
    hall.go_on()
    done.result(PATIENCE_S)
    assert told.so_far == []


def test_trouble_is_asked_about_again_however_long_a_reading_is_fresh(clock: ManualClock) -> None:
    hall, told = SimulatedSensor("sensor hall"), Told()
    hall.unplug()
    sensor = asked(hall, clock, told, fresh_s=3600)
    answered(sensor)
    hall.plug()
    clock.advance(RETRY_S)
    told.wait_for(2)
    assert sensor.reading().quantities == WARM


def test_closed_sensors_leave_no_thread_behind() -> None:
    before = set(threading.enumerate())
    hall = SimulatedSensor("sensor hall")
    hall.unplug()
    sensors = PolledSensors({"hall": SETTINGS["hall"]}, {"hall": hall.open}, Manner())
    sensors.readings()
    sensors.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), thread


def attempts(sensor: SimulatedSensor, is_over: Event | None = None) -> Attempts:
    return Attempts("sensor hall", sensor.open, is_over or Event(), pause_s=0)


class Stumbling(SimulatedSensor):
    """Misses its first readings."""

    misses = 0

    def read(self) -> tuple[Quantity, ...]:
        told = super().read()
        if self.reads <= self.misses:
            raise HardwareError("sensor hall", "garbled")
        return told


@pytest.mark.parametrize("misses", range(ATTEMPTS + 1))
def test_sensor_that_stumbles_is_asked_again(misses: int) -> None:
    sensor = Stumbling("sensor hall")
    sensor.misses = misses
    answer = attempts(sensor).answer()
    assert isinstance(answer, HardwareError) == (misses == ATTEMPTS)
    assert sensor.reads == min(misses + 1, ATTEMPTS)


def test_sensor_is_opened_anew_after_trouble_and_not_otherwise() -> None:
    opened: list[Stumbling] = []

    def open_another() -> Stumbling:
        opened.append(Stumbling("sensor hall"))
        opened[-1].misses = 1 if len(opened) == 1 else 0
        return opened[-1]

    hall = Attempts("sensor hall", open_another, Event(), pause_s=0)
    assert hall.answer() == hall.answer() == WARM
    assert [sensor.reads for sensor in opened] == [1, 2]


def test_sensor_that_is_not_there_is_not_asked_again() -> None:
    calls: list[None] = []

    def fail() -> SimulatedSensor:
        calls.append(None)
        raise DeviceNotFoundError("sensor hall", "not there")

    assert isinstance(Attempts("sensor hall", fail, Event()).answer(), DeviceNotFoundError)
    assert len(calls) == 1


def test_sensor_is_not_asked_again_when_it_is_over() -> None:
    sensor = Stumbling("sensor hall")
    sensor.misses = 1
    is_over = Event()
    is_over.set()
    assert isinstance(attempts(sensor, is_over).answer(), HardwareError)
    assert sensor.reads == 1


def test_bug_of_a_driver_is_told_in_place_of_its_reading() -> None:
    class Buggy(SimulatedSensor):
        def read(self) -> tuple[Quantity, ...]:
            raise KeyError("oops")

    answer = attempts(Buggy("sensor hall")).answer()
    assert str(answer) == "sensor hall: its driver failed: KeyError('oops')"


def test_missing_library_is_told_and_not_looked_for_again(clock: ManualClock) -> None:
    calls: list[None] = []

    def fail() -> SimulatedSensor:
        calls.append(None)
        raise DriverMissingError("sensor hall", "bme280", "sudo ./install.sh --with sensors")

    told = Told()
    sensors = PolledSensors({"hall": SETTINGS["hall"]}, {"hall": fail}, Manner(clock))
    sensors.watch(told)
    told.wait_for(1)
    sensors.readings()
    clock.advance(10 * RETRY_S)
    sensors.close()
    assert str(told.so_far[0][1]) == (
        "sensor hall: bme280 is not installed: sudo ./install.sh --with sensors"
    )
    assert len(calls) == 1
