"""NeoPixels (WS2812 and kin) on the data line of an SPI bus.

They know no clock: a bit is a pulse, and its length says which. Four bits on the bus make
one: 1000 is a zero, 1110 is a one. At 3.2 MHz those pulses are 312 ns and 938 ns long,
which both the older pixels (400 and 800 ns, give or take 150: WS2812B data sheet,
Worldsemi, "Data transfer time") and the newer ones (220 to 380 ns and 580 to 1000 ns:
WS2812B-V5) take. A pixel takes green, red and blue, highest bit first; 280 us of silence
(WS2812B-V5; 50 us before) show it.

A row fits into one transfer, without the pauses that would show half of it.
"""

from __future__ import annotations

from typing import Final

from myna_hardware.lights.colours import Colours, steps_of
from myna_hardware.lights.scene import Canvas, Scene
from myna_hardware.spi import SpiBus

SPEED_HZ: Final = 3_200_000
LEAD: Final = bytes(1)
"""The line may rest high: low before the first pulse."""

SILENCE: Final = bytes(SPEED_HZ * 300 // 1_000_000 // 8)
"""300 us."""

ZERO, ONE = 0b1000, 0b1110
_PAIRS: Final = tuple(
    (ONE if bit & 2 else ZERO) << 4 | (ONE if bit & 1 else ZERO) for bit in range(4)
)
_BYTES: Final = tuple(
    bytes(_PAIRS[value >> shift & 3] for shift in (6, 4, 2, 0)) for value in range(256)
)


class NeoPixels:
    """A row of NeoPixels.

    Args:
        bus: What they are on; closed with them.
        count: How many they are.
    """

    def __init__(self, bus: SpiBus, count: int) -> None:
        self._bus = bus
        self.canvas = Canvas(count=count)

    def show(self, colours: Colours, scene: Scene) -> None:
        """Light the row."""
        self._bus.write(encode(colours))

    def close(self) -> None:
        """Release the bus."""
        self._bus.close()


def encode(colours: Colours) -> bytes:
    """Return the bits on the data line for a row of pixels; pure."""
    return LEAD + b"".join(_pixel(*steps_of(colour, 255)) for colour in colours) + SILENCE


def _pixel(red: int, green: int, blue: int) -> bytes:
    return _BYTES[green] + _BYTES[red] + _BYTES[blue]
