"""Simulated lights: the GPIO driver on mock pins, with a memory."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace as replace_scene
from typing import Final

from msgspec.structs import replace

from myna_hardware.gpio import SimulatedPins
from myna_hardware.interfaces import Pattern
from myna_hardware.lights.leds import LedLights
from myna_hardware.lights.scene import Scene
from myna_hardware.settings import LightsSettings

DEFAULT_PIN: Final = 25
"""Where AIY's Voice HAT has its LED; taken when no pin is configured."""

LEVELS_KEPT: Final = 600


class SimulatedLights(LedLights):
    """Lights that nobody sees and everybody can look up.

    Attributes:
        pins: The mock pins, for their levels.
        history: Every pattern shown, in order; a repeated one is not a new one.
        levels: The newest voice levels shown, in order.
        scenes: When (monotonic seconds) what was to be seen, one for each change, in order.
    """

    def __init__(self, settings: LightsSettings) -> None:
        self.pins = SimulatedPins()
        self.history: list[Pattern] = []
        self.scenes: list[tuple[float, Scene]] = []
        self.levels: deque[float] = deque(maxlen=LEVELS_KEPT)
        is_rgb = any((settings.red_pin, settings.green_pin, settings.blue_pin))
        if settings.pin is None and not is_rgb:
            settings = replace(settings, pin=DEFAULT_PIN)
        super().__init__(settings, self.pins)

    @property
    def scene(self) -> Scene:
        """What is to be seen now."""
        return self.scenes[-1][1] if self.scenes else Scene()

    def show(self, pattern: Pattern) -> None:
        """Show `pattern`, and remember it."""
        if self.history[-1:] != [pattern]:
            self.history.append(pattern)
        self._remember(replace_scene(self.scene, pattern=pattern))
        super().show(pattern)

    def show_level(self, level: float) -> None:
        """Follow the voice, and remember it."""
        self.levels.append(level)
        super().show_level(level)

    def light_microphone(self, *, is_on: bool) -> None:
        """Light the microphone light, and remember it."""
        self._remember(replace_scene(self.scene, is_microphone_on=is_on))

    def light_camera(self, *, is_on: bool) -> None:
        """Light the camera light, and remember it."""
        self._remember(replace_scene(self.scene, is_camera_on=is_on))

    def _remember(self, scene: Scene) -> None:
        if scene != self.scene:
            self.scenes.append((time.monotonic(), scene))
