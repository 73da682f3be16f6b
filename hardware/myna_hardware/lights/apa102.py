"""APA102 and SK9822 pixels (DotStar) on SPI: the ReSpeaker HATs have them.

What is sent: a start frame of 32 zeros; 32 bits for each pixel, which are three ones, five
bits of brightness, then blue, green and red; at the end 32 zeros, at which an SK9822 shows
what it got, and half a clock for each pixel, because each passes the data on by so much
later (APA102C data sheet, Shiji Lighting; the end frame as measured by Tim,
cpldcpu.com/2014/11/30/understanding-the-apa102-superled and
cpldcpu.com/2016/12/13/sk9822-a-clone-of-the-apa102).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from myna_hardware.lights.colours import LEAST_LIGHT, Colour, Colours, scaled, steps_of
from myna_hardware.lights.scene import Canvas, Scene
from myna_hardware.spi import SpiBus

SPEED_HZ: Final = 4_000_000
"""Well below what the pixels take, for the wires' sake; 64 of them need half a millisecond."""

BRIGHTEST: Final = 31
MARK: Final = 0b111_00000


class Apa102Pixels:
    """A row of APA102 pixels.

    Args:
        bus: What they are on; closed with them.
        count: How many they are.
        power_off: Called at the end, for rows that are powered through a pin.
    """

    def __init__(
        self, bus: SpiBus, count: int, power_off: Callable[[], None] = lambda: None
    ) -> None:
        self._bus = bus
        self._power_off = power_off
        self.canvas = Canvas(count=count)

    def show(self, colours: Colours, scene: Scene) -> None:
        """Light the row."""
        self._bus.write(encode(colours))

    def close(self) -> None:
        """Release the bus, and the power."""
        self._bus.close()
        self._power_off()


def encode(colours: Colours) -> bytes:
    """Return the bits for a row of pixels; pure."""
    end = bytes(4 + math.ceil(len(colours) / 16))
    return bytes(4) + b"".join(_pixel(colour) for colour in colours) + end


def _pixel(colour: Colour) -> bytes:
    """Return the bits of one pixel.

    Both dimmers multiply: the five bits are kept as low as the colour allows, so that its
    eight bits still tell colours apart when it is nearly dark.
    """
    most = max(colour)
    brightness = math.ceil(most * BRIGHTEST) if most > LEAST_LIGHT else 0
    red, green, blue = steps_of(scaled(colour, BRIGHTEST / max(1, brightness)), 255)
    return bytes((MARK | brightness, *(min(255, part) for part in (blue, green, red))))
