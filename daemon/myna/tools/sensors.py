"""The tool that reads sensors."""

from __future__ import annotations

from typing import Final

from myna.tools.tool import Result, Tool
from myna_hardware.interfaces import Quantity, Reading, Sensors

_SPOKEN: Final = {
    "°C": "degrees Celsius",
    "%": "percent",
    "hPa": "hectopascals",
    "lx": "lux",
}
"""The units as one says them."""


def sensor_tools(sensors: Sensors) -> list[Tool]:
    """Return `read_sensors`; nothing where there is nothing to read."""

    def read_sensors() -> Result:
        """Read the sensors: temperatures, doors and the like. Say the numbers with units.

        What has a problem was not read: say so, and never guess its value.
        """
        return {"sensors": [_told(reading) for reading in sensors.readings().values()]}

    if not sensors.labels:
        return []
    notes = f"The sensors: {'; '.join(sensors.labels.values())}."
    return [Tool.from_function(read_sensors, notes=notes, is_reading=True)]


def _told(reading: Reading) -> dict[str, object]:
    told: dict[str, object] = {"name": reading.name, "label": reading.label}
    if reading.problem is not None:
        return {**told, "problem": reading.problem}
    told |= {quantity.kind: _spoken(quantity) for quantity in reading.quantities}
    return {**told, "seconds_ago": round(reading.age_s)}


def _spoken(quantity: Quantity) -> str:
    value = quantity.value
    if isinstance(value, str):
        return value
    return f"{value:g} {_SPOKEN[quantity.unit]}"
