"""What every driver of the lights brings: a row of pixels that takes colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from myna_hardware.lights.colours import Colours
from myna_hardware.lights.scene import Canvas, Scene


class Pixels(Protocol):
    """Pixels of a device; used by one thread at a time."""

    @property
    def canvas(self) -> Canvas:
        """How many they are, and whether they have colours."""
        ...

    def show(self, colours: Colours, scene: Scene) -> None:
        """Give light.

        Args:
            colours: How much of it, 0 to 1, from each part of each pixel.
            scene: What that says, for those who say it in words.

        Raises:
            HardwareError: The device failed; open another one to go on.
        """
        ...

    def close(self) -> None:
        """Release the device; never raises."""
        ...


PixelsOpener = Callable[[], Pixels]
"""Opens the device, now and after it was lost; raises HardwareError."""
