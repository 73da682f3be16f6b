"""Which pins and keys a body needs; pure, for the check of a configuration.

The drivers refuse the same faults when they open, one at a time; here all of them
are found before anything is opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from myna_hardware.settings import RESTS_ON, BodySettings, LightsSettings, Section

REAL: Final = "gpiozero"
BOARDS: Final = {REAL: REAL, "digital": REAL, "simulated": "simulated"}
"""Where the pins of a driver are: the real board or the mock one."""

I2C_PINS: Final = {0: (0, 1), 1: (2, 3)}
"""By bus, on the header of every Pi (raspberrypi.com, GPIO, "I2C")."""

SPI_DATA_PINS: Final = {"0": 10, "1": 20}
SPI_CLOCK_PINS: Final = {"0": 11, "1": 21}
"""By bus, on the header of every Pi (raspberrypi.com, GPIO, "SPI")."""

_SPI_NAME: Final = re.compile(r"[0-9]{1,3}\.[0-9]", re.ASCII)


@dataclass(frozen=True, slots=True)
class PinConflict:
    """One pin that is given to several devices.

    Attributes:
        pin: GPIO number as Broadcom counts them.
        keys: The dotted keys that claim it, in the order of the configuration.
    """

    pin: int
    keys: tuple[str, ...]

    def __str__(self) -> str:
        return f"GPIO{self.pin} is used by {' and '.join(self.keys)}: give each its own pin"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a driver cannot do without.

    Attributes:
        section: The attribute of `BodySettings`, which is the table of the file.
        driver: The driver that needs it.
        choices: Each one a set of fields; one complete set is enough.
        text: What to write into the file.
    """

    section: str
    driver: str
    choices: tuple[tuple[str, ...], ...]
    text: str


REQUIREMENTS: Final = (
    Requirement("microphone", "file", (("path",),), "give the WAV to hear, 16 kHz mono 16-bit"),
    Requirement("speaker", "file", (("path",),), "give the WAV to write"),
    Requirement(
        "lights",
        "gpiozero",
        (("pin",), ("red_pin", "green_pin", "blue_pin")),
        "give the pin of the LED, or red_pin, green_pin and blue_pin of an RGB LED",
    ),
    Requirement("lights", "apa102", (("count",),), "say how many pixels the row has"),
    Requirement("lights", "neopixel", (("count",),), "say how many pixels the row has"),
    Requirement(
        "button", "gpiozero", (("pin",),), "give the pin; the button connects it to ground"
    ),
    Requirement(
        "knob",
        "gpiozero",
        (("a_pin", "b_pin"),),
        "give both pins of the encoder, a_pin and b_pin; its middle leg goes to ground",
    ),
    Requirement(
        "mute_switch", "gpiozero", (("pin",),), "give the pin; the switch connects it to ground"
    ),
    Requirement("camera", "file", (("path",),), "give a JPEG, or a folder of them"),
)

SENSOR_REQUIREMENTS: Final = (
    Requirement("sensors", "digital", (("pin",),), "give the pin of the contact"),
    *(
        Requirement("sensors", driver, (("device",),), "give the chip, as `myna devices` prints it")
        for driver in ("iio", "hwmon")
    ),
)
"""The same for each table under `sensors`."""


def pin_conflicts(body: BodySettings) -> list[PinConflict]:
    """Return every pin that more than one device claims, in the order of their keys.

    Simulated pins are on a board of their own.
    """
    users: dict[tuple[str, int], list[str]] = {}
    for board, key, pin in (*_row_claims(body.lights), *_claims(body), *_bus_claims(body)):
        users.setdefault((board, pin), []).append(key)
    return [PinConflict(pin, tuple(keys)) for (_, pin), keys in users.items() if len(keys) > 1]


def contradictions(body: BodySettings) -> list[tuple[str, str]]:
    """Return (dotted key, what is wrong) for every output at odds with itself."""
    return [
        (f"outputs.{name}.pulse_s", RESTS_ON)
        for name, output in body.outputs.items()
        if output.rests_on
    ]


def missing_settings(body: BodySettings) -> list[tuple[str, str]]:
    """Return (dotted key, what to write there) for everything that a chosen driver lacks."""
    sections = [
        (requirement, requirement.section, getattr(body, requirement.section))
        for requirement in REQUIREMENTS
    ]
    sensors = [
        (requirement, f"{requirement.section}.{name}", sensor)
        for name, sensor in body.sensors.items()
        for requirement in SENSOR_REQUIREMENTS
    ]
    return [
        (f"{table}.{_first_missing(requirement, section)}", requirement.text)
        for requirement, table, section in (*sections, *sensors)
        if _is_unmet(requirement, section)
    ]


def is_spi_name(name: str) -> bool:
    """Tell whether `name` is an SPI bus and a device on it, like "0.0"."""
    return _SPI_NAME.fullmatch(name) is not None


def _is_unmet(requirement: Requirement, section: object) -> bool:
    if getattr(section, "driver", None) != requirement.driver:
        return False
    return not any(
        all(getattr(section, field) is not None for field in choice)
        for choice in requirement.choices
    )


def _first_missing(requirement: Requirement, section: object) -> str:
    return next(field for field in requirement.choices[0] if getattr(section, field) is None)


def _claims(body: BodySettings) -> list[tuple[str, str, int]]:
    """Return (board, dotted key, pin) of every pin that a driver will open."""
    sections: list[tuple[str, Section]] = [
        ("lights", body.lights),
        ("button", body.button),
        ("knob", body.knob),
        ("mute_switch", body.mute_switch),
        *((f"outputs.{name}", output) for name, output in body.outputs.items()),
        *((f"sensors.{name}", sensor) for name, sensor in body.sensors.items()),
    ]
    return [
        (board, f"{table}.{field}", pin)
        for table, section in sections
        if (board := BOARDS.get(getattr(section, "driver", ""))) is not None
        for field in section.__struct_fields__
        if field.endswith("pin") and (pin := getattr(section, field)) is not None
    ]


def _row_claims(lights: LightsSettings) -> list[tuple[str, str, int]]:
    """Return (board, dotted key, pin) of every pin that a row of pixels on SPI uses."""
    if lights.driver not in {"apa102", "neopixel"}:
        return []
    bus = lights.spi.partition(".")[0]
    claims = [("lights.spi", SPI_DATA_PINS.get(bus))]
    if lights.driver == "apa102":
        claims += [("lights.spi", SPI_CLOCK_PINS.get(bus)), ("lights.power_pin", lights.power_pin)]
    return [(REAL, key, pin) for key, pin in claims if pin is not None]


def _bus_claims(body: BodySettings) -> list[tuple[str, str, int]]:
    """Return (board, dotted key, pin) of the I2C buses; the chips on one share its pins."""
    first_on = {
        sensor.bus: f"sensors.{name}.bus"
        for name, sensor in reversed(body.sensors.items())
        if sensor.driver in {"bme280", "bme680"}
    }
    return [(REAL, key, pin) for bus, key in first_on.items() for pin in I2C_PINS.get(bus, ())]
