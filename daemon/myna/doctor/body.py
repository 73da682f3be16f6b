"""Hands and eyes: pins, button, mute switch and camera, while no daemon has them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from myna.config import Config
from myna.doctor.finding import Finding, fail, ok, skipped, warn
from myna.doctor.groups import uses_pins
from myna_hardware.camera.jpeg import size_of
from myna_hardware.errors import HardwareError
from myna_hardware.gpio import Pins, real_pins
from myna_hardware.interfaces import Still
from myna_hardware.settings import ButtonSettings, MuteSwitchSettings

PLAIN_BYTES_PER_PIXEL: Final = 0.012
"""A JPEG of nothing has two bits for each block of 64 pixels, one of a dark room a few more;
the plainest wall in daylight has ten times as many (our own pictures, quality 85)."""

OpenPins = Callable[[str], Pins]


def check_pins(config: Config, open_pins: OpenPins = real_pins) -> Finding:
    """Whether pins can be used."""
    parts = sorted(uses_pins(config))
    if not parts:
        return skipped("pins", "nothing of the configuration uses any")
    try:
        name = open_pins("pins").name
    except HardwareError as error:
        return fail("pins", "pins-do-not-open", str(error))
    return ok("pins", f"{name}, for {', '.join(parts)}")


def check_button(settings: ButtonSettings, open_pins: OpenPins = real_pins) -> Finding:
    """Whether the button is open at rest."""
    if settings.driver != "gpiozero" or settings.pin is None:
        return skipped("button", f"driver {settings.driver}")
    try:
        is_pressed = _is_closed("button", settings.pin, open_pins)
    except HardwareError as error:
        return fail("button", "pins-do-not-open", str(error))
    if is_pressed:
        return warn("button", "button-is-pressed", f"GPIO{settings.pin} is at ground")
    return ok("button", f"GPIO{settings.pin} is high: not pressed")


def check_mute_switch(settings: MuteSwitchSettings, open_pins: OpenPins = real_pins) -> Finding:
    """Where the mute switch stands."""
    if settings.driver != "gpiozero" or settings.pin is None:
        return skipped("mute switch", f"driver {settings.driver}")
    try:
        is_closed = _is_closed("mute_switch", settings.pin, open_pins)
    except HardwareError as error:
        return fail("mute switch", "pins-do-not-open", str(error))
    return judge_mute(is_muted=is_closed == (settings.muted_when == "closed"))


def judge_mute(*, is_muted: bool) -> Finding:
    """Say what it means that the microphone is muted."""
    if is_muted:
        return warn("mute switch", "microphone-is-muted", "the microphone is closed")
    return ok("mute switch", "the microphone is open")


@dataclass(frozen=True, slots=True)
class CameraFigures:
    """What is known of a picture that was taken and forgotten.

    Attributes:
        width: In pixels.
        height: In pixels.
        jpeg_bytes: Its size.
        took_s: How long it took.
    """

    width: int
    height: int
    jpeg_bytes: int
    took_s: float


def measure_camera(capture: Callable[[], Still]) -> CameraFigures:
    """Take a picture, and forget it."""
    began_s = time.monotonic()
    jpeg = capture().jpeg
    width, height = size_of(jpeg) or (0, 0)
    return CameraFigures(width, height, len(jpeg), time.monotonic() - began_s)


def judge_camera(figures: CameraFigures) -> Finding:
    """Say how a picture is."""
    pixels = figures.width * figures.height
    measured = (
        f"{figures.width}x{figures.height}, {figures.jpeg_bytes / 1000:.0f} kB, "
        f"in {figures.took_s:.1f} s"
    )
    if figures.jpeg_bytes < PLAIN_BYTES_PER_PIXEL * pixels:
        return warn("camera", "camera-sees-nothing", measured)
    return ok("camera", measured)


def _is_closed(part: str, pin: int, open_pins: OpenPins) -> bool:
    contact = open_pins(part).contact(part, pin)
    try:
        return contact.is_closed
    finally:
        contact.close()
