"""Simulated lights: the real drawing on mock pins or a simulated bus, with a memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from myna_hardware.errors import DeviceLostError, DeviceNotFoundError
from myna_hardware.gpio import SimulatedPins
from myna_hardware.interfaces import Pattern
from myna_hardware.lights.apa102 import Apa102Pixels
from myna_hardware.lights.colours import Colours
from myna_hardware.lights.drawn import DrawnLights
from myna_hardware.lights.leds import LedPixels
from myna_hardware.lights.painter import Clocks
from myna_hardware.lights.pixels import Pixels
from myna_hardware.lights.scene import Scene
from myna_hardware.settings import LightsSettings
from myna_hardware.spi import SimulatedSpiBus

DEFAULT_PIN: Final = 25
"""Where AIY's Voice HAT has its LED; taken when no pin is configured."""

LEVELS_KEPT: Final = 600
DRAWINGS_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What was to be seen from some moment on.

    Attributes:
        at_s: The moment, on the clock of the lights (monotonic seconds).
        scene: What it said.
        colours: The light of each pixel.
    """

    at_s: float
    scene: Scene
    colours: Colours


class SimulatedLights(DrawnLights):
    """Lights that nobody sees and everybody can look up.

    With `lights.count` they are a row of APA102 pixels on a simulated bus, else LEDs on
    mock pins.

    Attributes:
        pins: The mock pins, for their levels.
        bus: The simulated bus, for its bytes.
        history: Every pattern shown, in order; a repeated one is not a new one.
        levels: The newest voice levels shown, in order.
        drawings: What was drawn and when, in order; the newest of them.
        scenes: Those drawings that began a new scene, in order.
    """

    def __init__(self, settings: LightsSettings, clocks: Clocks | None = None) -> None:
        clocks = clocks or Clocks()
        self.pins = SimulatedPins()
        self.bus = SimulatedSpiBus()
        self.history: list[Pattern] = []
        self.levels: deque[float] = deque(maxlen=LEVELS_KEPT)
        self.drawings: deque[Seen] = deque(maxlen=DRAWINGS_KEPT)
        self.scenes: list[Seen] = []
        self._is_plugged = True
        settings = _with_a_pin(settings)
        super().__init__(lambda: self._open(settings, clocks), settings, clocks)

    @property
    def scene(self) -> Scene:
        """What is to be seen now."""
        return self.scenes[-1].scene if self.scenes else Scene()

    def scene_at(self, moment_s: float) -> Scene:
        """Return what was to be seen at `moment_s`, on the clock of the lights."""
        before = [seen.scene for seen in self.scenes if seen.at_s <= moment_s]
        return before[-1] if before else Scene()

    def show(self, pattern: Pattern) -> None:
        """Show `pattern`, and remember it."""
        if self.history[-1:] != [pattern]:
            self.history.append(pattern)
        super().show(pattern)

    def show_level(self, level: float) -> None:
        """Follow the voice, and remember it."""
        self.levels.append(level)
        super().show_level(level)

    def unplug(self) -> None:
        """Lose the device with the next drawing."""
        self._is_plugged = False
        self.bus.unplug()

    def plug(self) -> None:
        """Let the device be opened again."""
        self._is_plugged = True
        self.bus.plug()

    def _open(self, settings: LightsSettings, clocks: Clocks) -> Pixels:
        if not self._is_plugged:
            raise DeviceNotFoundError("lights", "they are unplugged")
        if settings.count is None:
            return _WatchedPixels(LedPixels(settings, self.pins), self._see(clocks))
        return _WatchedPixels(Apa102Pixels(self.bus.open(), settings.count), self._see(clocks))

    def _see(self, clocks: Clocks) -> Callable[[Colours, Scene], None]:
        def see(colours: Colours, scene: Scene) -> None:
            if not self._is_plugged:
                raise DeviceLostError("lights", "they were unplugged")
            seen = Seen(clocks.monotonic(), scene, colours)
            self.drawings.append(seen)
            if scene != self.scene:
                self.scenes.append(seen)

        return see


class _WatchedPixels:
    """Pixels that are looked at."""

    def __init__(self, pixels: Pixels, see: Callable[[Colours, Scene], None]) -> None:
        self._pixels = pixels
        self._see = see
        self.canvas = pixels.canvas
        self.close = pixels.close

    def show(self, colours: Colours, scene: Scene) -> None:
        self._pixels.show(colours, scene)
        self._see(colours, scene)


def _with_a_pin(settings: LightsSettings) -> LightsSettings:
    is_rgb = any((settings.red_pin, settings.green_pin, settings.blue_pin))
    if settings.pin is None and not is_rgb:
        return replace(settings, pin=DEFAULT_PIN)
    return settings
