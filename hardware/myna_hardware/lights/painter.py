"""Which colours are due now, and for how long: no thread, no device."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from datetime import time as time_of_day
from typing import Final

from myna_hardware.interfaces import Pattern
from myna_hardware.lights.colours import Colours
from myna_hardware.lights.dimming import dimmed
from myna_hardware.lights.drawing import draw
from myna_hardware.lights.pixels import Pixels
from myna_hardware.lights.rhythms import soonest
from myna_hardware.lights.scene import Scene
from myna_hardware.night import parse_night
from myna_hardware.settings import LightsSettings

VOLUME_S: Final = 1.5
"""How long a volume is shown."""

LONGEST_SLEEP_S: Final = 900.0
"""How long a steady scene sleeps where there are nights: the clock may be set meanwhile,
as it is after each start of a Pi without a battery clock."""


def local_time() -> time_of_day:
    """Return the time of day on the clock on the wall."""
    return datetime.now(UTC).astimezone().time()


class Clocks:
    """The time that passes, and the time of day.

    Args:
        monotonic: Seconds that only ever grow.
        local: The time of day, for the night.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        local: Callable[[], time_of_day] = local_time,
    ) -> None:
        self.monotonic = monotonic
        self.local = local


class Painter:
    """Holds what is to be shown, and draws it; used by one thread at a time.

    Args:
        settings: How bright, by day and by night.
        clocks: What time it is.
    """

    def __init__(self, settings: LightsSettings, clocks: Clocks) -> None:
        self.dim(settings)
        self._clocks = clocks
        self._scene = Scene()
        self._level: float | None = None
        self._shown_at_s = 0.0
        self._volume_ends_s = 0.0
        self._drawn: tuple[Colours, Scene] | None = None

    def dim(self, settings: LightsSettings) -> None:
        """Be as bright as `settings` say from the next drawing on."""
        self._brightness = settings.brightness / 100
        self._night_brightness = min(settings.brightness, settings.night_brightness) / 100
        self._night = None if settings.night is None else parse_night(settings.night)

    def show(self, pattern: Pattern) -> None:
        """Begin `pattern`; a repeated one runs on."""
        if pattern is not self._scene.pattern:
            self._scene = replace(self._scene, pattern=pattern)
            self._level = None
            self._shown_at_s = self._clocks.monotonic()

    def show_level(self, level: float) -> None:
        """Let the pattern follow a voice."""
        self._level = level

    def show_volume(self, percent: int) -> None:
        """Begin to show a volume."""
        self._scene = replace(self._scene, volume=percent)
        self._volume_ends_s = self._clocks.monotonic() + VOLUME_S

    def light(self, *, microphone: bool | None = None, camera: bool | None = None) -> None:
        """Light or put out the light that is named."""
        if microphone is not None:
            self._scene = replace(self._scene, is_microphone_on=microphone)
        if camera is not None:
            self._scene = replace(self._scene, is_camera_on=camera)

    def forget(self) -> None:
        """Draw next time even what was drawn before: the pixels are others."""
        self._drawn = None

    def draw(self, pixels: Pixels) -> float | None:
        """Draw what is due, if it is not drawn yet; return for how long it stays right.

        Raises:
            HardwareError: The pixels failed.
        """
        now_s = self._clocks.monotonic()
        if now_s >= self._volume_ends_s:
            self._scene = replace(self._scene, volume=None)
        drawing = draw(self._scene, now_s - self._shown_at_s, self._level, pixels.canvas)
        brightness, brightness_lasts_s = self._dimming()
        colours = dimmed(drawing.colours, self._scene, brightness)
        if (colours, self._scene) != self._drawn:
            pixels.show(colours, self._scene)
            self._drawn = colours, self._scene
        volume_lasts_s = None if self._scene.volume is None else self._volume_ends_s - now_s
        return soonest(drawing.lasts_s, brightness_lasts_s, volume_lasts_s)

    def _dimming(self) -> tuple[float, float | None]:
        """Return how bright it is to be now, and for how long."""
        if self._night is None:
            return self._brightness, None
        moment = self._clocks.local()
        is_night = self._night.includes(moment)
        lasts_s = min(self._night.changes_in_s(moment), LONGEST_SLEEP_S)
        return (self._night_brightness if is_night else self._brightness), lasts_s
