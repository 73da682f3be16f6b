"""What every driver of the lights owes its users."""

from __future__ import annotations

import io
from collections.abc import Callable
from threading import Thread

import pytest

from myna_hardware.errors import HardwareError
from myna_hardware.gpio import Pins
from myna_hardware.interfaces import Lights, Pattern
from myna_hardware.lights.leds import LedLights
from myna_hardware.lights.none import NoLights
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.lights.terminal import TerminalLights
from myna_hardware.settings import LightsSettings
from support.gpio import MockBoard

PLAIN = LightsSettings(driver="gpiozero", pin=17)
RGB = LightsSettings(driver="gpiozero", red_pin=5, green_pin=6, blue_pin=13)

DRIVERS: dict[str, Callable[[], Lights]] = {
    "gpiozero": lambda: LedLights(PLAIN, MockBoard().pins),
    "gpiozero-rgb": lambda: LedLights(RGB, MockBoard().pins),
    "simulated": lambda: SimulatedLights(PLAIN),
    "simulated-rgb": lambda: SimulatedLights(RGB),
    "terminal": lambda: TerminalLights(io.StringIO()),
    "none": NoLights,
}


@pytest.fixture(params=DRIVERS)
def lights(request: pytest.FixtureRequest) -> Lights:
    return DRIVERS[request.param]()


def test_lights_show_every_pattern(lights: Lights) -> None:
    for pattern in Pattern:
        lights.show(pattern)
        lights.show(pattern)
    lights.close()


def test_lights_take_any_level_at_any_time(lights: Lights) -> None:
    lights.show_level(0.5)
    for pattern in Pattern:
        lights.show(pattern)
        for level in (0.0, 0.5, 1.0, 7.0, -1.0):
            lights.show_level(level)
    lights.close()
    lights.show_level(0.5)


def test_lights_close_twice_and_ignore_what_comes_late(lights: Lights) -> None:
    lights.show(Pattern.THINKING)
    lights.close()
    lights.close()
    lights.show(Pattern.LISTENING)


def test_lights_close_before_anything_was_shown(lights: Lights) -> None:
    lights.close()


def test_lights_take_patterns_from_any_thread(lights: Lights) -> None:
    lights.show(Pattern.IDLE)
    thread = Thread(target=lights.show, args=(Pattern.LISTENING,))
    thread.start()
    thread.join(timeout=5)
    assert not thread.is_alive()
    lights.close()


def on_mock_pins(settings: LightsSettings) -> tuple[Lights, Pins, Callable[[int], float]]:
    board = MockBoard()
    return LedLights(settings, board.pins), board.pins, board.level


def on_simulated_pins(settings: LightsSettings) -> tuple[Lights, Pins, Callable[[int], float]]:
    lights = SimulatedLights(settings)
    return lights, lights.pins, lights.pins.level


Opening = Callable[[LightsSettings], tuple[Lights, Pins, Callable[[int], float]]]


@pytest.mark.parametrize("opening", [on_mock_pins, on_simulated_pins])
def test_lights_on_pins_are_dark_and_free_after_close(opening: Opening) -> None:
    lights, pins, level = opening(PLAIN)
    lights.show(Pattern.LISTENING)
    assert level(17) == 1
    lights.close()
    assert level(17) == 0
    pins.switch("outputs.lamp", 17, active_high=True).close()


@pytest.mark.parametrize("opening", [on_mock_pins, on_simulated_pins])
def test_lights_on_pins_refuse_half_an_rgb_led(opening: Opening) -> None:
    with pytest.raises(HardwareError, match=r"lights\.blue_pin"):
        opening(LightsSettings(red_pin=5, green_pin=6))
