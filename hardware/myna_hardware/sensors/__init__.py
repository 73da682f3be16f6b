"""Sensors: contacts on GPIO, chips on one-wire, on I2C and in the kernel, the processor.

What may be told of a reading is in `quantities`, when a sensor is asked in `asked` and
`polled`; each driver only opens its device and reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from myna_hardware.gpio import real_pins
from myna_hardware.interfaces import Sensors
from myna_hardware.sensors.asked import Manner
from myna_hardware.sensors.bme280 import Bme280Sensor
from myna_hardware.sensors.bme680 import Bme680Sensor
from myna_hardware.sensors.cpu import CpuSensor, has_cpu_sensor
from myna_hardware.sensors.digital import DigitalSensor
from myna_hardware.sensors.i2c import list_i2c_sensors
from myna_hardware.sensors.kernel_chip import HWMON, IIO, KernelChip, list_chips
from myna_hardware.sensors.polled import PolledSensors
from myna_hardware.sensors.sensor import OpenSensor, Sensor
from myna_hardware.sensors.simulated import SimulatedSensor
from myna_hardware.sensors.w1 import W1Sensor, list_w1_sensors
from myna_hardware.settings import SensorSettings

__all__ = [
    "list_hwmon_sensors",
    "list_i2c_sensors",
    "list_iio_sensors",
    "list_w1_sensors",
    "open_sensors",
]

CPU = SensorSettings(driver="cpu", label="processor")
ROOT = Path("/")


def open_sensors(
    settings: Mapping[str, SensorSettings], root: Path = ROOT, manner: Manner | None = None
) -> Sensors:
    """Get ready to read every sensor; none is opened before it is asked.

    Args:
        settings: The sensors by name; the processor's is added where there is one, unless
            `cpu` is among them.
        root: Where `sys` and `dev` are.
        manner: How they are asked.
    """
    known = dict(settings)
    if "cpu" not in known and has_cpu_sensor(root):
        known["cpu"] = CPU
    used = {name: one for name, one in known.items() if one.driver != "none"}
    openers = {name: opener(name, one, root) for name, one in used.items()}
    return PolledSensors(used, openers, manner)


def opener(name: str, settings: SensorSettings, root: Path = ROOT) -> OpenSensor:
    """Return what opens one sensor, which must not have the driver `none`."""
    device = f"sensor {name}"
    drivers: Mapping[str, Callable[[], Sensor]] = {
        "digital": lambda: DigitalSensor(device, settings, real_pins(device)),
        "w1": partial(W1Sensor, device, settings.device, root),
        "bme280": partial(Bme280Sensor, device, settings, root),
        "bme680": partial(Bme680Sensor, device, settings, root),
        "iio": partial(KernelChip, device, settings.device, IIO, root),
        "hwmon": partial(KernelChip, device, settings.device, HWMON, root),
        "cpu": partial(CpuSensor, device, root),
        "simulated": partial(SimulatedSensor, device),
    }
    return drivers[settings.driver]


def list_iio_sensors(root: Path = ROOT) -> list[str]:
    """Return the chips of the kernel's industrial I/O, as `sensors.NAME.device` takes them."""
    return list_chips(IIO, root)


def list_hwmon_sensors(root: Path = ROOT) -> list[str]:
    """Return the chips of the kernel's hardware monitoring, named in the same way."""
    return list_chips(HWMON, root)
