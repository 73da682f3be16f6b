"""What sensors tell, in which units, and what cannot be true.

PURE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Quantity

STATE: Final = "state"


@dataclass(frozen=True, slots=True)
class _Scale:
    """How a kind of quantity is told.

    Attributes:
        unit: As it is written.
        least: Below it no sensor of a house can be.
        most: Above it neither.
    """

    unit: str
    least: float
    most: float


_SCALES: Final[dict[str, _Scale]] = {
    # A DS18B20 reaches from -55 to 125 (datasheet, "Features"), thermocouples further.
    "temperature": _Scale("°C", -60, 150),
    # Less than 1 % no room has; the kernel's driver for the BME680 told percent as
    # milli-percent for long (linux-iio, "Fix pressure and humidity ABI mismatch", 2019).
    "humidity": _Scale("%", 1, 100),
    # The range of all of Bosch's (BME280 datasheet, "Key parameters for pressure sensor").
    "pressure": _Scale("hPa", 300, 1100),
    # Direct sunlight has some 100,000 lx.
    "light": _Scale("lx", 0, 200_000),
}


def measured(device: str, kind: str, value: float) -> Quantity:
    """Return a number as a quantity.

    Args:
        device: The sensor; errors name it.
        kind: `temperature`, `humidity`, `pressure` or `light`.
        value: In the unit of the kind.

    Raises:
        HardwareError: It cannot be true.
    """
    scale = _SCALES[kind]
    if not scale.least <= value <= scale.most:  # also when it is no number
        raise HardwareError(
            device, f"tells a {kind} of {value:g} {scale.unit}, which cannot be: check its wiring"
        )
    return Quantity(kind, round(value, 1), scale.unit)
