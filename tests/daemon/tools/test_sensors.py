from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from myna.tools.registry import Registry
from myna.tools.sensors import sensor_tools
from myna_hardware.interfaces import Quantity, Reading, SensorListener
from myna_hardware.sensors import open_sensors
from myna_hardware.sensors.asked import Manner
from myna_hardware.settings import SensorSettings
from support.gpio import PATIENCE_S
from support.kernel_files import put_chip, put_processor


class Told:
    """Sensors that tell what a test says."""

    def __init__(self, *readings: Reading) -> None:
        self._readings = {reading.name: reading for reading in readings}

    @property
    def labels(self) -> Mapping[str, str]:
        return {name: reading.label for name, reading in self._readings.items()}

    def readings(self) -> Mapping[str, Reading]:
        return self._readings

    def watch(self, listener: SensorListener) -> None:
        """Tell nothing."""

    def close(self) -> None:
        """Release nothing."""


LIGHT = Quantity("light", 90000.0, "lx")
POOL = Reading("pool", "the pool", (Quantity("temperature", 21.0, "°C"),), age_s=1.6)


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        (POOL, {"temperature": "21 degrees Celsius", "seconds_ago": 2}),
        (
            Reading("pool", "the pool", (Quantity("humidity", 48.6, "%"), LIGHT)),
            {"humidity": "48.6 percent", "light": "90000 lux", "seconds_ago": 0},
        ),
        (
            Reading("pool", "the pool", (Quantity("pressure", 1006.5, "hPa"),)),
            {"pressure": "1006.5 hectopascals", "seconds_ago": 0},
        ),
        (
            Reading("pool", "the pool", (Quantity("state", "open"),)),
            {"state": "open", "seconds_ago": 0},
        ),
        (Reading("pool", "the pool", problem="check it"), {"problem": "check it"}),
    ],
)  # fmt: skip
async def test_read_sensors_tells_values_with_their_units_as_one_says_them(
    reading: Reading, told: Mapping[str, object]
) -> None:
    answer = await Registry(sensor_tools(Told(reading))).call("read_sensors", {})
    assert answer.response == {
        "output": {"sensors": [{"name": "pool", "label": "the pool", **told}]}
    }


def test_read_sensors_is_introduced_with_what_there_is() -> None:
    (tool,) = sensor_tools(Told(POOL, Reading("hall", "hall")))
    assert "The sensors: the pool; hall." in tool.declaration.description


def test_read_sensors_is_not_offered_where_there_are_none() -> None:
    assert sensor_tools(Told()) == []


async def test_read_sensors_reads_real_files_and_says_what_is_missing(tmp_path: Path) -> None:
    put_processor(tmp_path)
    chip = {"in_temp_input": 21340, "in_humidityrelative_input": 48560}
    put_chip(tmp_path / "sys/bus/iio/devices/iio:device0", "bme280", chip)
    settings = {
        "attic": SensorSettings(driver="iio", device="bme280"),
        "pool": SensorSettings(driver="w1", label="swimming pool"),
    }
    sensors = open_sensors(settings, tmp_path, Manner(limit_s=PATIENCE_S))
    answer = await Registry(sensor_tools(sensors)).call("read_sensors", {})
    sensors.close()
    attic, pool, cpu = answer.response["output"]["sensors"]
    assert (attic["temperature"], attic["humidity"]) == ("21.3 degrees Celsius", "48.6 percent")
    assert (pool["label"], "dtoverlay=w1-gpio" in pool["problem"]) == ("swimming pool", True)
    assert (cpu["label"], cpu["temperature"]) == ("processor", "48.3 degrees Celsius")
