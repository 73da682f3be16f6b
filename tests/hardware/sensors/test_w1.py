"""w1thermsensor itself, on files as the kernel's w1_therm shows them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from myna_hardware.errors import DeviceNotFoundError, DriverMissingError, HardwareError
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors.w1 import W1Sensor, list_w1_sensors
from support.kernel_files import AT_POWER_ON, GARBLED, NUMBER, put_thermometer, put_w1_text

OTHER = "10-000802deb0fc"


def sensor(root: Path, number: str | None = NUMBER) -> W1Sensor:
    return W1Sensor("sensor pool", number, root)


@pytest.mark.parametrize(("milli", "told"), [(21437, 21.4), (-10125, -10.1), (125000, 125), (0, 0)])
def test_thermometer_tells_its_temperature(tmp_path: Path, milli: int, told: float) -> None:
    put_thermometer(tmp_path, milli)
    assert sensor(tmp_path).read() == (Quantity("temperature", told, "°C"),)


def test_only_thermometer_needs_no_number(tmp_path: Path) -> None:
    put_thermometer(tmp_path, 20000)
    (tmp_path / "sys/bus/w1/devices/w1_bus_master1").mkdir()
    assert sensor(tmp_path, None).read() == (Quantity("temperature", 20, "°C"),)


def test_thermometer_that_was_not_supplied_is_not_believed(tmp_path: Path) -> None:
    put_w1_text(tmp_path, AT_POWER_ON)
    with pytest.raises(HardwareError, match="tells 85 °C, which it does when it did not measure"):
        sensor(tmp_path).read()


def test_thermometer_of_the_older_family_is_not_believed_either(tmp_path: Path) -> None:
    put_w1_text(tmp_path, AT_POWER_ON, OTHER)
    with pytest.raises(HardwareError, match="tells 85 °C"):
        sensor(tmp_path, OTHER).read()


@pytest.mark.parametrize("text", GARBLED)
def test_garbled_answer_is_not_believed(tmp_path: Path, text: str) -> None:
    put_w1_text(tmp_path, text)
    with pytest.raises(HardwareError, match=r"checksum is wrong.*4\.7 kΩ"):
        sensor(tmp_path).read()


@pytest.mark.parametrize(
    ("numbers", "asked_for", "text"),
    [
        ([NUMBER, OTHER], None, f"several thermometers, set device to one of {OTHER}, {NUMBER}"),
        ([NUMBER], OTHER, f"no thermometer {OTHER} is on the wire; there are: {NUMBER}"),
        ([], OTHER, "there are: none"),
        ([], None, "add dtoverlay=w1-gpio"),
    ],
)
def test_thermometer_that_is_not_there_is_told_with_those_that_are(
    tmp_path: Path, numbers: list[str], asked_for: str | None, text: str
) -> None:
    for number in numbers:
        put_thermometer(tmp_path, number=number)
    with pytest.raises(DeviceNotFoundError, match=text):
        sensor(tmp_path, asked_for)


def test_wire_without_a_thermometer_is_told_from_no_wire(tmp_path: Path) -> None:
    (tmp_path / "sys/bus/w1/devices/w1_bus_master1").mkdir(parents=True)
    with pytest.raises(DeviceNotFoundError, match=r"no thermometer is on the wire.*4\.7 kΩ"):
        sensor(tmp_path, None)


def test_thermometer_that_has_gone_is_told(tmp_path: Path) -> None:
    file = put_thermometer(tmp_path)
    pool = sensor(tmp_path)
    file.unlink()
    with pytest.raises(HardwareError, match=f"{NUMBER} has gone from the wire"):
        pool.read()


def test_thermometer_that_the_kernel_does_not_read_names_the_module(tmp_path: Path) -> None:
    put_thermometer(tmp_path).unlink()
    with pytest.raises(DeviceNotFoundError, match=f"does not read {NUMBER}: `sudo modprobe w1-th"):
        sensor(tmp_path)


def test_missing_library_names_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "w1thermsensor", None)
    with pytest.raises(DriverMissingError, match=r"w1thermsensor.*install\.sh --with sensors"):
        sensor(tmp_path)


def test_library_loads_no_kernel_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[str] = []
    monkeypatch.setattr(os, "system", commands.append)
    monkeypatch.setenv("W1THERMSENSOR_NO_KERNEL_MODULE", "0")
    for name in [name for name in sys.modules if name.startswith("w1thermsensor")]:
        monkeypatch.delitem(sys.modules, name)
    put_thermometer(tmp_path)
    sensor(tmp_path)
    assert commands == []


def test_thermometers_are_listed_by_number_and_nothing_else_is(tmp_path: Path) -> None:
    assert list_w1_sensors(tmp_path) == []
    for number in (NUMBER, OTHER, "2d-000000000001"):  # the last is a memory
        put_thermometer(tmp_path, number=number)
    (tmp_path / "sys/bus/w1/devices/w1_bus_master1").mkdir()
    assert list_w1_sensors(tmp_path) == [OTHER, NUMBER]
