"""Which pixels a configuration names, and how each kind is opened.

A driver is imported only where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Final

from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.gpio import OutputPin, real_pins
from myna_hardware.lights.pixels import Pixels, PixelsOpener
from myna_hardware.settings import LightsSettings
from myna_hardware.spi import LinuxSpiBus, SpiBus

SpiOpener = Callable[[int], SpiBus]
"""Opens the bus of the configuration for a speed in Hz; raises HardwareError."""


def opener_for(settings: LightsSettings) -> PixelsOpener:
    """Return what opens the pixels that `settings` names."""
    return lambda: OPENERS[settings.driver](settings)


def open_apa102(
    settings: LightsSettings, open_spi: SpiOpener, open_power: Callable[[int], OutputPin]
) -> Pixels:
    """Open a row of APA102 pixels, and the pin that powers them if they have one.

    Raises:
        HardwareError: Their number is not given, or bus or pin cannot be opened.
    """
    from myna_hardware.lights.apa102 import SPEED_HZ, Apa102Pixels

    count = _count(settings)
    with ExitStack() as opened:
        if settings.power_pin is not None:
            opened.callback(open_power(settings.power_pin).close)
        return Apa102Pixels(open_spi(SPEED_HZ), count, opened.pop_all().close)


def open_neopixel(settings: LightsSettings, open_spi: SpiOpener) -> Pixels:
    """Open a row of NeoPixels.

    Raises:
        HardwareError: Their number is not given, or the bus cannot be opened.
    """
    from myna_hardware.lights.neopixel import SPEED_HZ, NeoPixels

    count = _count(settings)
    return NeoPixels(open_spi(SPEED_HZ), count)


def _open_leds(settings: LightsSettings) -> Pixels:
    from myna_hardware.lights.leds import LedPixels

    return LedPixels(settings, real_pins("lights"))


def _open_terminal(settings: LightsSettings) -> Pixels:
    from myna_hardware.lights.terminal import DEFAULT_COUNT, TerminalPixels

    return TerminalPixels(settings.count or DEFAULT_COUNT)


def _spi(settings: LightsSettings) -> SpiOpener:
    return lambda speed_hz: LinuxSpiBus("lights", settings.spi, speed_hz)


def _power(pin: int) -> OutputPin:
    return real_pins("lights").switch("lights", pin, active_high=True, initial=1)


def _count(settings: LightsSettings) -> int:
    if settings.count is None:
        raise DeviceNotFoundError("lights", "set lights.count: how many pixels the row has")
    return settings.count


OPENERS: Final[Mapping[str, Callable[[LightsSettings], Pixels]]] = {
    "gpiozero": _open_leds,
    "apa102": lambda settings: open_apa102(settings, _spi(settings), _power),
    "neopixel": lambda settings: open_neopixel(settings, _spi(settings)),
    "terminal": _open_terminal,
}
