"""What every driver of the lights owes its users."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

import pytest

from myna_hardware.errors import HardwareError
from myna_hardware.gpio import Pins
from myna_hardware.interfaces import Lights, Pattern
from myna_hardware.lights.apa102 import Apa102Pixels
from myna_hardware.lights.drawn import DrawnLights
from myna_hardware.lights.leds import LedPixels
from myna_hardware.lights.neopixel import NeoPixels
from myna_hardware.lights.none import NoLights
from myna_hardware.lights.pixels import PixelsOpener
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.lights.terminal import TerminalPixels
from myna_hardware.settings import LightsSettings
from myna_hardware.spi import SimulatedSpiBus
from support import kernel_pins
from support.gpio import MockBoard
from support.kernel_pins import KernelBoard

PATIENCE_S = 10.0
PLAIN = LightsSettings(driver="gpiozero", pin=17)
RGB = LightsSettings(driver="gpiozero", red_pin=5, green_pin=6, blue_pin=13)
ROW = LightsSettings(driver="simulated", count=12)


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def drawn(open_pixels: PixelsOpener) -> Lights:
    return DrawnLights(open_pixels, LightsSettings())


DRIVERS: dict[str, Callable[[], Lights]] = {
    "gpiozero": lambda: drawn(lambda: LedPixels(PLAIN, MockBoard().pins)),
    "gpiozero-rgb": lambda: drawn(lambda: LedPixels(RGB, MockBoard().pins)),
    "apa102": lambda: drawn(lambda: Apa102Pixels(SimulatedSpiBus(), 3)),
    "neopixel": lambda: drawn(lambda: NeoPixels(SimulatedSpiBus(), 64)),
    "terminal": lambda: drawn(lambda: TerminalPixels(12, Screen())),
    "terminal-lines": lambda: drawn(lambda: TerminalPixels(12, io.StringIO())),
    "simulated": lambda: SimulatedLights(PLAIN),
    "simulated-rgb": lambda: SimulatedLights(RGB),
    "simulated-row": lambda: SimulatedLights(ROW),
    "none": NoLights,
}
if kernel_pins.are_here():
    DRIVERS |= {
        "kernel": lambda: drawn(lambda: LedPixels(PLAIN, KernelBoard().pins)),
        "kernel-rgb": lambda: drawn(lambda: LedPixels(RGB, KernelBoard().pins)),
    }


@pytest.fixture(params=DRIVERS)
def lights(request: pytest.FixtureRequest) -> Lights:
    return DRIVERS[request.param]()


def test_lights_show_every_pattern_under_every_light(lights: Lights) -> None:
    for is_on in (True, False):
        lights.light_microphone(is_on=is_on)
        lights.light_camera(is_on=is_on)
        for pattern in Pattern:
            lights.show(pattern)
            lights.show(pattern)
    lights.close()


def test_lights_take_any_level_and_volume_at_any_time(lights: Lights) -> None:
    lights.show_level(0.5)
    lights.show_volume(50)
    for pattern in Pattern:
        lights.show(pattern)
        for level in (0.0, 0.5, 1.0, 7.0, -1.0, math.nan, math.inf):
            lights.show_level(level)
        for percent in (0, 50, 100, 1000, -1):
            lights.show_volume(percent)
    lights.close()
    lights.show_level(0.5)
    lights.show_volume(50)


def test_lights_close_twice_and_ignore_what_comes_late(lights: Lights) -> None:
    lights.show(Pattern.THINKING)
    lights.close()
    lights.close()
    lights.show(Pattern.LISTENING)
    lights.light_microphone(is_on=True)
    lights.light_camera(is_on=True)
    lights.watch(lambda _error: None)


def test_lights_close_before_anything_was_shown(lights: Lights) -> None:
    lights.close()


def test_lights_take_everything_from_any_thread(lights: Lights) -> None:
    def use() -> None:
        lights.show(Pattern.LISTENING)
        lights.light_microphone(is_on=True)
        lights.show_level(0.5)
        lights.light_camera(is_on=True)
        lights.show_volume(5)

    lights.show(Pattern.IDLE)
    thread = Thread(target=use)
    thread.start()
    thread.join(timeout=PATIENCE_S)
    assert not thread.is_alive()
    lights.close()


def test_lights_that_are_well_tell_their_listener_nothing(lights: Lights) -> None:
    told: SimpleQueue[HardwareError | None] = SimpleQueue()
    lights.watch(told.put)
    for pattern in Pattern:
        lights.show(pattern)
    lights.close()
    assert told.empty()


def on_a_bus(kind: Callable[[SimulatedSpiBus], PixelsOpener]) -> tuple[Lights, Callable[[], None]]:
    bus = SimulatedSpiBus()
    return drawn(kind(bus)), bus.unplug


def simulated(settings: LightsSettings) -> tuple[Lights, Callable[[], None]]:
    lights = SimulatedLights(settings)
    return lights, lights.unplug


def in_a_window() -> tuple[Lights, Callable[[], None]]:
    screen = Screen()
    return drawn(lambda: TerminalPixels(12, screen)), screen.close


LOSABLE: dict[str, Callable[[], tuple[Lights, Callable[[], None]]]] = {
    "apa102": lambda: on_a_bus(lambda bus: lambda: Apa102Pixels(bus.open(), 3)),
    "neopixel": lambda: on_a_bus(lambda bus: lambda: NeoPixels(bus.open(), 3)),
    "terminal": in_a_window,
    "simulated": lambda: simulated(PLAIN),
    "simulated-row": lambda: simulated(ROW),
}


@pytest.mark.parametrize("driver", LOSABLE)
def test_lights_tell_of_a_loss_once_and_raise_nothing(driver: str) -> None:
    lights, lose = LOSABLE[driver]()
    told: SimpleQueue[HardwareError | None] = SimpleQueue()
    lights.watch(told.put)
    lights.show(Pattern.IDLE)
    lose()
    lights.light_microphone(is_on=True)
    lights.show(Pattern.LISTENING)
    lights.show_level(0.5)
    lights.show_volume(10)
    assert isinstance(told.get(timeout=PATIENCE_S), HardwareError)
    lights.close()
    assert told.empty()


def on_mock_pins(settings: LightsSettings) -> tuple[Lights, Pins, Callable[[int], float]]:
    board = MockBoard()
    return drawn(lambda: LedPixels(settings, board.pins)), board.pins, board.level


def on_simulated_pins(settings: LightsSettings) -> tuple[Lights, Pins, Callable[[int], float]]:
    lights = SimulatedLights(settings)
    return lights, lights.pins, lights.pins.level


def on_kernel_pins(settings: LightsSettings) -> tuple[Lights, Pins, Callable[[int], float]]:
    board = KernelBoard()
    return drawn(lambda: LedPixels(settings, board.pins)), board.pins, board.level


Opening = Callable[[LightsSettings], tuple[Lights, Pins, Callable[[int], float]]]
OPENINGS: list[Opening] = [on_mock_pins, on_simulated_pins]
if kernel_pins.are_here():
    OPENINGS.append(on_kernel_pins)


@pytest.mark.parametrize("opening", OPENINGS)
def test_lights_on_pins_are_dark_and_free_after_close(opening: Opening) -> None:
    lights, pins, level = opening(PLAIN)
    lights.show(Pattern.LISTENING)
    assert level(17) == 1
    lights.close()
    assert level(17) == 0
    pins.switch("outputs.lamp", 17, active_high=True).close()


@pytest.mark.parametrize("opening", OPENINGS)
def test_lights_on_pins_refuse_half_an_rgb_led(opening: Opening) -> None:
    with pytest.raises(HardwareError, match=r"lights\.blue_pin"):
        opening(LightsSettings(red_pin=5, green_pin=6))


def test_lights_are_dimmed_at_any_time(lights: Lights) -> None:
    lights.dim(LightsSettings(brightness=20, night="22:00-07:00", night_brightness=10))
    lights.show(Pattern.MUTED)
    lights.dim(LightsSettings(brightness=0))
    lights.close()
    lights.dim(LightsSettings())
