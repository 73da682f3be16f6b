"""LEDs on GPIO: one plain LED, or an RGB LED on three pins, as a single pixel.

Dimming is the pin factory's pulse-width modulation.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import Final

from myna_hardware.errors import DeviceNotFoundError, HardwareError
from myna_hardware.gpio import OutputPin, Pins
from myna_hardware.lights.colours import Colours, steps_of
from myna_hardware.lights.scene import Canvas, Scene
from myna_hardware.settings import LightsSettings

STEPS: Final = 100
"""gpiozero's lgpio dims in whole percents, and cuts off what is between them."""


class LedPixels:
    """One LED as a pixel.

    Args:
        settings: Which pins, which polarity.
        pins: Where the pins are.

    Raises:
        HardwareError: No usable pins are given, or one cannot be opened.
    """

    def __init__(self, settings: LightsSettings, pins: Pins) -> None:
        self._pins = pins
        self._numbers = _wired_pins(settings)
        self._leds = _open_leds(self._numbers, pins, active_high=settings.active_high)
        self.canvas = Canvas(count=1, has_colour=len(self._leds) > 1)

    def show(self, colours: Colours, scene: Scene) -> None:
        """Light the LED."""
        parts = steps_of(colours[0], STEPS)
        for number, led, part in zip(self._numbers, self._leds, parts, strict=False):
            with self._pins.in_use("lights", number):
                led.value = part / STEPS

    def close(self) -> None:
        """Release the pins; they float, which is dark at either polarity."""
        for number, led in zip(self._numbers, self._leds, strict=True):
            with suppress(HardwareError), self._pins.in_use("lights", number):
                led.close()


def _open_leds(numbers: list[int], pins: Pins, *, active_high: bool) -> list[OutputPin]:
    leds: list[OutputPin] = []
    with ExitStack() as opened:
        for number in numbers:
            led = pins.dimmer("lights", number, active_high=active_high)
            opened.callback(led.close)
            leds.append(led)
        opened.pop_all()
    return leds


def _wired_pins(settings: LightsSettings) -> list[int]:
    """Return the pin of the plain LED, or those of red, green and blue."""
    plain = [settings.pin]
    rgb = [settings.red_pin, settings.green_pin, settings.blue_pin]
    unused, used = (plain, rgb) if settings.pin is None else (rgb, plain)
    wired = [pin for pin in used if pin is not None]
    if len(wired) < len(used) or any(pin is not None for pin in unused):
        raise DeviceNotFoundError(
            "lights",
            "set either lights.pin (one LED) or all of lights.red_pin, "
            "lights.green_pin and lights.blue_pin (an RGB LED)",
        )
    return wired
