from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from myna_hardware.errors import DeviceNotFoundError, HardwareError
from myna_hardware.sensors import list_hwmon_sensors, list_iio_sensors
from myna_hardware.sensors.kernel_chip import HWMON, IIO, KernelChip
from support.kernel_files import put_chip


def put(root: Path, name: str, files: Mapping[str, object], number: int = 0) -> Path:
    return put_chip(root / f"sys/bus/iio/devices/iio:device{number}", name, files)


def told(root: Path, chip: str) -> dict[str, float | str]:
    read = KernelChip("sensor attic", chip, IIO, root).read()
    return {quantity.kind: quantity.value for quantity in read}


@pytest.mark.parametrize(
    ("name", "files", "values"),
    [
        # In the words of the drivers bmp280, dht11, hdc100x, bh1750 and tsl2583.
        (
            "bme280",
            {
                "in_temp_input": 25730,
                "in_pressure_input": "100.653257812",
                "in_humidityrelative_input": 48560,
            },
            {"temperature": 25.7, "pressure": 1006.5, "humidity": 48.6},
        ),
        ("dht11@4", {"in_temp_input": 24000, "in_humidityrelative_input": 39000},
         {"temperature": 24, "humidity": 39}),
        (
            "hdc1000",
            {
                "in_temp_raw": 25000,
                "in_temp_offset": "-15887.515151515",
                "in_temp_scale": "2.517700195",
                "in_humidityrelative_raw": 30000,
                "in_humidityrelative_scale": "1.525878906",
            },
            {"temperature": 22.9, "humidity": 45.8},
        ),
        ("bh1750", {"in_illuminance_raw": 120, "in_illuminance_scale": "0.833333"}, {"light": 100}),
        ("tsl2583", {"in_illuminance0_input": 312}, {"light": 312}),
        ("lps22hb", {"in_pressure_raw": 4122624, "in_pressure_scale": "0.000024414"},
         {"pressure": 1006.5}),
    ],
)  # fmt: skip
def test_chip_is_read_in_the_units_of_the_kernel(
    tmp_path: Path, name: str, files: Mapping[str, object], values: Mapping[str, float]
) -> None:
    put(tmp_path, name, files)
    assert told(tmp_path, name) == values


def test_chips_of_the_same_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for number in (0, 1):
        put(tmp_path, "bme280", {"in_temp_input": 20000 + 1000 * number}, number)
    text = "several called bme280: set device to one of iio:device0, iio:device1"
    with pytest.raises(DeviceNotFoundError, match=text):
        told(tmp_path, "bme280")
    assert told(tmp_path, "iio:device1") == {"temperature": 21}


def test_missing_chip_is_told_with_those_that_are_there(tmp_path: Path) -> None:
    put(tmp_path, "bh1750", {"in_illuminance_raw": 1})
    text = r"no chip bme280 \(there are: bh1750\): add its overlay .*dtoverlay=i2c-sensor"
    with pytest.raises(DeviceNotFoundError, match=text):
        told(tmp_path, "bme280")


def test_chip_that_measures_nothing_known_is_told(tmp_path: Path) -> None:
    put(tmp_path, "mpu6050", {"in_accel_x_raw": 12})
    with pytest.raises(HardwareError, match="tells no temperature, humidity, pressure or light"):
        told(tmp_path, "mpu6050")


def test_chip_that_answers_with_an_error_is_told(tmp_path: Path) -> None:
    folder = put(tmp_path, "dht11@4", {})
    (folder / "in_temp_input").mkdir()  # the kernel's EIO is not to be had, this is EISDIR
    with pytest.raises(HardwareError, match=re.escape("dht11@4 does not answer ([Errno 21]")):
        told(tmp_path, "dht11@4")


def test_chip_that_tells_no_number_is_told(tmp_path: Path) -> None:
    put(tmp_path, "bme280", {"in_temp_input": ""})
    with pytest.raises(HardwareError, match="bme280 does not answer"):
        told(tmp_path, "bme280")


def test_chips_are_listed_when_they_measure_something_known(tmp_path: Path) -> None:
    put(tmp_path, "bme280", {"in_temp_input": 20000}, 0)
    put(tmp_path, "mpu6050", {"in_accel_x_raw": 12}, 1)
    put_chip(tmp_path / "sys/class/hwmon/hwmon0", "cpu_thermal", {"temp1_input": 48000})
    put_chip(tmp_path / "sys/class/hwmon/hwmon1", "rpi_volt", {"in0_lcrit_alarm": 0})
    (tmp_path / "sys/class/hwmon/hwmon2").mkdir()
    assert list_iio_sensors(tmp_path) == ["bme280"]
    assert list_hwmon_sensors(tmp_path) == ["cpu_thermal"]
    read = KernelChip("sensor it", "cpu_thermal", HWMON, tmp_path).read()
    assert [quantity.value for quantity in read] == [48]
