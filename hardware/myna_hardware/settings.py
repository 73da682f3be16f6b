"""How each device is to be opened: the device sections of the configuration file.

The brain's `config.py` reads them; `open_*` takes them. Field names are the keys
that users write (`microphone.device`), so they do not move.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Percent = Annotated[int, Meta(ge=0, le=100)]
Pin = Annotated[int, Meta(ge=0, le=53)]
"""A GPIO number as Broadcom counts them (GPIO17 is 17), not a header position."""

PixelCount = Annotated[int, Meta(ge=1, le=64)]
SpiName = Annotated[str, Meta(pattern=r"^\d{1,2}\.\d$")]
"""Bus and device, as in `/dev/spidev0.0`."""


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
    spi: SpiName = "0.0"
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

    driver: Literal["picamera2", "file", "none"] = "none"
    path: Path | None = None
    size: tuple[int, int] = (1024, 768)
    rate_hz: Annotated[float, Meta(gt=0, le=1)] = 1.0
    stills: Literal["asked", "speaking"] = "asked"
    timeout_s: Annotated[float, Meta(gt=0, le=30)] = 5.0


class OutputSettings(Section, frozen=True):
    """One `[outputs.NAME]`."""

    pin: Pin
    driver: Literal["gpiozero", "simulated"] = "gpiozero"
    active_high: bool = True
    dimmable: bool = False
    initial: Percent | bool = 0
    label: str = ""


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
