"""Which sensors a configuration makes, contacts on pins, and what a machine has by itself."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Literal

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from myna_hardware import gpio
from myna_hardware.errors import DeviceNotFoundError, HardwareError
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors import open_sensors
from myna_hardware.sensors.cpu import CpuSensor
from myna_hardware.sensors.digital import DigitalSensor
from myna_hardware.settings import SensorSettings
from support.gpio import MockBoard
from support.kernel_files import put_processor


def test_processor_is_read_where_it_can_be(tmp_path: Path) -> None:
    assert open_sensors({}, tmp_path).labels == {}
    put_processor(tmp_path)
    sensors = open_sensors({"attic": SensorSettings(driver="simulated")}, tmp_path)
    assert sensors.labels == {"attic": "attic", "cpu": "processor"}
    assert sensors.readings()["cpu"].quantities == (Quantity("temperature", 48.3, "°C"),)
    sensors.close()


@pytest.mark.parametrize(
    ("settings", "labels"),
    [
        (SensorSettings(driver="none"), {}),
        (SensorSettings(driver="cpu", label="brain"), {"cpu": "brain"}),
    ],
)
def test_processor_is_as_the_configuration_wants_it(
    tmp_path: Path, settings: SensorSettings, labels: dict[str, str]
) -> None:
    put_processor(tmp_path)
    assert open_sensors({"cpu": settings}, tmp_path).labels == labels


def test_processor_without_a_thermometer_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFoundError, match="this machine has none"):
        CpuSensor("sensor cpu", tmp_path)
    put_processor(tmp_path).write_text("")
    with pytest.raises(HardwareError, match="tells nothing"):
        CpuSensor("sensor cpu", tmp_path).read()


@pytest.mark.parametrize(
    ("pull", "active_high", "is_high", "word"),
    [
        ("up", False, True, "open"),
        ("up", False, False, "closed"),
        ("up", True, True, "closed"),
        ("down", True, True, "closed"),
        ("down", True, False, "open"),
        ("none", True, True, "closed"),
        ("none", False, True, "open"),
        ("none", False, False, "closed"),
    ],
)
def test_contact_tells_the_word_for_its_level(
    pull: Literal["up", "down", "none"], active_high: bool, is_high: bool, word: str
) -> None:
    board = MockBoard()
    settings = SensorSettings(driver="digital", pin=5, pull=pull, active_high=active_high)
    contact = DigitalSensor("sensor door", settings, board.pins)
    assert board.pin(5).pull == {"up": "up", "down": "down", "none": "floating"}[pull]
    board.drive(5, high=is_high)
    assert contact.read() == (Quantity("state", word),)
    contact.close()


def test_contact_that_nobody_holds_is_where_its_pull_puts_it() -> None:
    for pull, word in (("up", "open"), ("down", "closed")):
        settings = SensorSettings(driver="digital", pin=5, pull=pull)  # type: ignore[arg-type]
        contact = DigitalSensor("sensor door", settings, MockBoard().pins)
        assert contact.read() == (Quantity("state", word),)


def test_contact_has_words_of_its_own() -> None:
    settings = SensorSettings(
        driver="digital", pin=5, pull="none", active_high=True, active="motion", inactive="calm"
    )
    board = MockBoard()
    contact = DigitalSensor("sensor hall", settings, board.pins)
    board.drive(5, high=True)
    assert contact.read() == (Quantity("state", "motion"),)


def test_contact_gives_its_pin_back_when_it_is_closed() -> None:
    board = MockBoard()
    settings = SensorSettings(driver="digital", pin=5)
    contact = DigitalSensor("sensor door", settings, board.pins)
    with pytest.raises(HardwareError, match="GPIO5 is used twice"):
        DigitalSensor("sensor door", settings, board.pins)
    contact.close()
    DigitalSensor("sensor door", settings, board.pins).close()


def test_contact_without_a_pin_is_told() -> None:
    with pytest.raises(DeviceNotFoundError, match="set its pin"):
        DigitalSensor("sensor door", SensorSettings(driver="digital"), MockBoard().pins)


def test_contacts_are_opened_on_the_pins_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    loads: list[MockFactory] = []
    both = Barrier(2)

    def load(*_: object) -> MockFactory:
        """Give another thread the time to load a factory, too."""
        loads.append(MockFactory())
        with suppress(BrokenBarrierError):
            both.wait(0.2)
        return loads[-1]

    monkeypatch.setattr(gpio, "_load_factory", load)
    settings = {f"door{pin}": SensorSettings(driver="digital", pin=pin) for pin in range(4, 12)}
    sensors = open_sensors(settings, tmp_path)
    readings = sensors.readings().values()
    sensors.close()
    assert [reading.problem for reading in readings] == [None] * 8
    assert len(loads) == 1
