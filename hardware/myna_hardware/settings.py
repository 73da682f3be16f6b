"""How each device is to be opened: the device sections of the configuration file.

The brain's `config.py` reads them; `open_*` takes them. Field names are the keys
that users write (`microphone.device`), so they do not move.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

Percent = Annotated[int, Meta(ge=0, le=100)]
Pin = Annotated[int, Meta(ge=0, le=53)]
"""A GPIO number as Broadcom counts them (GPIO17 is 17), not a header position."""

PixelCount = Annotated[int, Meta(ge=1, le=64)]
SHORTEST_PULSE_S: Final = 0.05
LONGEST_PULSE_S: Final = 3600.0
PulseSeconds = Annotated[float, Meta(ge=SHORTEST_PULSE_S, le=LONGEST_PULSE_S)]
"""How long a pulse may be: contacts of a relay need 10 ms, and an hour is no pulse."""

Risk = Literal["safe", "confirm", "never-by-voice"]
"""Who may switch an output: the model; the model with a yes at the speaker; only people."""

RESTS_ON: Final = "it goes on for pulse_s only: let initial and safe be off"
"""What is wrong with an output that `rests_on`."""

CAMERA_START_S: Final = 15.0
"""How long picamera2, numpy and libcamera may take to load, from a slow SD card."""


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the configuration file; every key has a default."""


class MicrophoneSettings(Section, frozen=True):
    """`[microphone]`."""

    driver: Literal["pyaudio", "file", "simulated"] = "pyaudio"
    device: str = "default"
    path: Path | None = None
    at_end: Literal["silence", "stop"] = "silence"
    gain_db: Annotated[float, Meta(ge=-20, le=30)] = 0.0


class SpeakerSettings(Section, frozen=True):
    """`[speaker]`."""

    driver: Literal["pyaudio", "file", "simulated"] = "pyaudio"
    device: str = "default"
    path: Path | None = None
    volume: Percent = 70


class LightsSettings(Section, frozen=True):
    """`[lights]`: one LED on `pin`, an RGB LED on three pins, or `count` pixels on `spi`."""

    driver: Literal["gpiozero", "apa102", "neopixel", "terminal", "simulated", "none"] = "none"
    pin: Pin | None = None
    red_pin: Pin | None = None
    green_pin: Pin | None = None
    blue_pin: Pin | None = None
    active_high: bool = True
    count: PixelCount | None = None
    spi: str = "0.0"
    power_pin: Pin | None = None
    brightness: Percent = 100
    night: str | None = None
    night_brightness: Percent = 15


class ButtonSettings(Section, frozen=True):
    """`[button]`: a push button between `pin` and ground."""

    driver: Literal["gpiozero", "keyboard", "simulated", "none"] = "none"
    pin: Pin | None = None
    mode: Literal["press", "talk"] = "press"
    hold_s: Annotated[float, Meta(gt=0, le=10)] = 1.0
    double_s: Annotated[float, Meta(gt=0, le=2)] = 0.4
    shutdown: bool = True


class KnobSettings(Section, frozen=True):
    """`[knob]`: a rotary encoder between two pins and ground."""

    driver: Literal["gpiozero", "simulated", "none"] = "none"
    a_pin: Pin | None = None
    b_pin: Pin | None = None
    percent_per_step: Annotated[int, Meta(ge=1, le=50)] = 4


class MuteSwitchSettings(Section, frozen=True):
    """`[mute_switch]`: a switch between `pin` and ground that stays where it is put."""

    driver: Literal["gpiozero", "simulated", "none"] = "none"
    pin: Pin | None = None
    muted_when: Literal["closed", "open"] = "closed"


class CameraSettings(Section, frozen=True):
    """`[camera]`."""

    driver: Literal["picamera2", "file", "simulated", "none"] = "none"
    path: Path | None = None
    size: tuple[int, int] = (1024, 768)
    quality: Annotated[int, Meta(ge=10, le=95)] = 85
    rate_hz: Annotated[float, Meta(gt=0, le=1)] = 1.0
    stills: Literal["asked", "speaking"] = "asked"
    timeout_s: Annotated[float, Meta(gt=0, le=30)] = 5.0

    @property
    def limit_s(self) -> float:
        """The longest that a capture takes: the first one loads the library as well."""
        return self.timeout_s + (CAMERA_START_S if self.driver == "picamera2" else 0)


class OutputSettings(Section, frozen=True):
    """One `[outputs.NAME]`."""

    pin: Pin
    driver: Literal["gpiozero", "simulated"] = "gpiozero"
    active_high: bool = True
    dimmable: bool = False
    initial: Percent | bool = 0
    safe: Percent | bool | None = None
    pulse_s: PulseSeconds | None = None
    longest_pulse_s: PulseSeconds | None = None
    risk: Risk = "safe"
    label: str = ""

    @property
    def initial_level(self) -> int:
        """The level, 0 to 100, that it has at start."""
        return _percent(self.initial)

    @property
    def safe_level(self) -> int:
        """The level, 0 to 100, that it has at the end and after a crash."""
        return _percent(self.initial if self.safe is None else self.safe)

    @property
    def rests_on(self) -> bool:
        """Whether it is on at rest, and yet to go on for pulses only: a contradiction."""
        return self.pulse_s is not None and (self.initial_level > 0 or self.safe_level > 0)


class SensorSettings(Section, frozen=True):
    """One `[sensors.NAME]`."""

    driver: Literal["digital", "w1", "bme280", "bme680", "iio", "hwmon", "cpu", "simulated", "none"]
    label: str = ""
    pin: Pin | None = None
    pull: Literal["up", "down", "none"] = "up"
    active_high: bool = False
    active: str = "closed"
    inactive: str = "open"
    device: str | None = None
    bus: Annotated[int, Meta(ge=0, le=99)] = 1
    address: Annotated[int, Meta(ge=0x08, le=0x77)] = 0x76
    fresh_s: Annotated[float, Meta(ge=0, le=3600)] = 2.0


class BodySettings(Struct, frozen=True, kw_only=True):
    """Everything that `Body` opens."""

    microphone: MicrophoneSettings = field(default_factory=MicrophoneSettings)
    speaker: SpeakerSettings = field(default_factory=SpeakerSettings)
    lights: LightsSettings = field(default_factory=LightsSettings)
    button: ButtonSettings = field(default_factory=ButtonSettings)
    knob: KnobSettings = field(default_factory=KnobSettings)
    mute_switch: MuteSwitchSettings = field(default_factory=MuteSwitchSettings)
    camera: CameraSettings = field(default_factory=CameraSettings)
    outputs: dict[str, OutputSettings] = field(default_factory=dict)
    sensors: dict[str, SensorSettings] = field(default_factory=dict)


def _percent(level: int | bool) -> int:  # noqa: FBT001 - as the file has it
    if isinstance(level, bool):
        return 100 if level else 0
    return level
