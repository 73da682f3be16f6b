"""LEDs on GPIO: one plain LED, or an RGB LED on three pins.

One thread redraws, and only when something is due: a steady pattern lets it sleep for
ever, the idle beacon wakes it twice in five seconds, only a wave costs 25 wake-ups a
second. Dimming is the pin factory's pulse-width modulation.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from threading import Condition, Thread

from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.gpio import OutputPin, Pins
from myna_hardware.interfaces import Pattern, TroubleListener
from myna_hardware.lights.patterns import FOLLOWING, LOOKS, level_at, next_change_s, share_for
from myna_hardware.settings import LightsSettings


class LedLights:
    """Lights on PWM pins.

    Args:
        settings: Which pins, which polarity, how bright.
        pins: Where the pins are.
        clock: Monotonic seconds; tells how far a pattern has run.

    Raises:
        HardwareError: No usable pins are given, or one cannot be opened.
    """

    def __init__(
        self, settings: LightsSettings, pins: Pins, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._brightness = settings.brightness / 100
        self._clock = clock
        self._changed = Condition()
        self._pattern: Pattern | None = None
        self._voice_level: float | None = None
        self._shown_at_s = 0.0
        self._is_closed = False
        self._leds = _open_leds(settings, pins)
        self._animation = Thread(target=self._animate, name="lights", daemon=True)
        self._animation.start()

    def show(self, pattern: Pattern) -> None:
        """Show `pattern` from its beginning; a repeated one runs on. From any thread."""
        with self._changed:
            if self._is_closed or pattern is self._pattern:
                return
            self._pattern = pattern
            self._voice_level = None
            self._shown_at_s = self._clock()
            self._draw(pattern, 0)
            self._changed.notify()

    def show_level(self, level: float) -> None:
        """Let `listening` and `speaking` grow brighter with the voice. From any thread."""
        with self._changed:
            if self._is_closed or self._pattern not in FOLLOWING:
                return
            self._voice_level = level
            self._draw(self._pattern, self._clock() - self._shown_at_s)

    def show_volume(self, percent: int) -> None:
        """Not drawn yet."""

    def light_microphone(self, *, is_on: bool) -> None:
        """Not drawn yet."""

    def light_camera(self, *, is_on: bool) -> None:
        """Not drawn yet."""

    def watch(self, listener: TroubleListener) -> None:
        """Not watched yet."""

    def close(self) -> None:
        """Put the lights out and release the pins."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
            self._changed.notify()
        self._animation.join()
        for led in self._leds:
            led.close()  # a released pin floats, which is dark at either polarity

    def _animate(self) -> None:
        with self._changed:
            while not self._is_closed:
                pause_s = None
                if self._pattern is not None:
                    pause_s = self._draw(self._pattern, self._clock() - self._shown_at_s)
                self._changed.wait(pause_s)

    def _draw(self, pattern: Pattern, elapsed_s: float) -> float | None:
        """Light the LEDs for this instant; return how long that stays right."""
        look = LOOKS[pattern]
        is_plain = len(self._leds) == 1
        rhythm = look.rhythm if is_plain else look.colour_rhythm or look.rhythm
        colour = (1.0,) if is_plain else look.colour
        share = self._brightness * share_for(pattern, self._voice_level)
        level = level_at(rhythm, elapsed_s) * share
        for led, part in zip(self._leds, colour, strict=True):
            led.value = level * part
        return next_change_s(rhythm, elapsed_s)


def _open_leds(settings: LightsSettings, pins: Pins) -> list[OutputPin]:
    leds: list[OutputPin] = []
    with ExitStack() as opened:
        for pin in _wired_pins(settings):
            led = pins.dimmer("lights", pin, active_high=settings.active_high)
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
