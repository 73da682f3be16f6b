"""Which lights are opened, and what is told when they cannot be."""

from __future__ import annotations

import pytest

from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.gpio import OutputPin
from myna_hardware.interfaces import Pattern
from myna_hardware.lights import open_lights
from myna_hardware.lights.drawn import DrawnLights
from myna_hardware.lights.none import NoLights
from myna_hardware.lights.rows import open_apa102, open_neopixel
from myna_hardware.lights.scene import Scene
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.settings import LightsSettings
from myna_hardware.spi import SimulatedSpiBus, SpiBus
from support.gpio import MockBoard
from support.lights import HandClock
from support.strips import apa102_row

HAT = LightsSettings(driver="apa102", count=12, power_pin=5)
POWER = 5


class Hat:
    """A row of pixels that a pin powers."""

    def __init__(self) -> None:
        self.board = MockBoard()
        self.bus = SimulatedSpiBus()

    def open_spi(self, _speed_hz: int) -> SpiBus:
        """Open the bus."""
        return self.bus.open()

    def open_power(self, pin: int) -> OutputPin:
        """Switch the power on."""
        return self.board.pins.switch("lights", pin, active_high=True, initial=1)


def test_open_lights_opens_the_driver_that_is_named() -> None:
    opened = [
        open_lights(LightsSettings(driver="terminal")),
        open_lights(LightsSettings(driver="simulated")),
        open_lights(LightsSettings(driver="none")),
    ]
    assert [type(lights) for lights in opened] == [DrawnLights, SimulatedLights, NoLights]
    for lights in opened:
        lights.close()


@pytest.mark.parametrize("driver", ["apa102", "neopixel"])
def test_row_without_a_bus_is_told_with_its_cure(driver: str) -> None:
    settings = LightsSettings(driver=driver, count=3, spi="98.7")  # type: ignore[arg-type]
    with pytest.raises(DeviceNotFoundError, match=r"no /dev/spidev98\.7: switch SPI on"):
        open_lights(settings)


@pytest.mark.parametrize("driver", ["apa102", "neopixel"])
def test_row_without_a_count_is_refused_before_a_bus_is_opened(driver: str) -> None:
    with pytest.raises(DeviceNotFoundError, match=r"set lights\.count"):
        open_lights(LightsSettings(driver=driver, spi="98.7"))  # type: ignore[arg-type]


def test_power_of_a_row_is_on_while_it_is_open() -> None:
    hat = Hat()
    row = open_apa102(HAT, hat.open_spi, hat.open_power)
    assert hat.board.level(POWER) == 1
    row.show(((1.0, 0.0, 0.0),) * 12, Scene())
    assert apa102_row(hat.bus.sent[-1], 12) == [(1.0, 0.0, 0.0)] * 12
    row.close()
    hat.board.pins.switch("outputs.lamp", POWER, active_high=True).close()


def test_power_of_a_row_is_released_when_the_bus_does_not_open() -> None:
    hat = Hat()
    hat.bus.unplug()
    with pytest.raises(DeviceNotFoundError, match="switch SPI on") as refusal:
        open_apa102(HAT, hat.open_spi, hat.open_power)
    hat.board.pins.switch("outputs.lamp", POWER, active_high=True).close()
    del refusal  # held until here, so that nothing was freed by the garbage collector


def test_row_of_neopixels_needs_no_power_pin() -> None:
    bus = SimulatedSpiBus()
    settings = LightsSettings(driver="neopixel", count=3)
    assert open_neopixel(settings, lambda _speed_hz: bus).canvas.count == 3


def test_simulated_lights_remember_each_change() -> None:
    lights = SimulatedLights(LightsSettings(driver="simulated"))
    for pattern in (Pattern.IDLE, Pattern.LISTENING, Pattern.LISTENING, Pattern.IDLE):
        lights.show(pattern)
    lights.close()
    assert lights.history == [Pattern.IDLE, Pattern.LISTENING, Pattern.IDLE]


def test_simulated_lights_tell_what_was_to_be_seen_when() -> None:
    clock = HandClock()
    lights = SimulatedLights(LightsSettings(driver="simulated"), clock.clocks)
    lights.show(Pattern.OFFLINE)
    for now_s, is_on in ((1.0, True), (2.0, False)):
        clock.now_s = now_s
        lights.light_microphone(is_on=is_on)
    moments_s = (0.5, 1.0, 1.9, 2.0, 9.0)
    seen = [lights.scene_at(moment_s).is_microphone_on for moment_s in moments_s]
    assert seen == [False, True, True, False, False]
    assert not lights.scene.is_microphone_on
    clock.now_s = 4.0
    lights.show_level(0.5)  # the pattern goes on, and no new scene begins
    assert [seen.at_s for seen in lights.scenes] == [0.0, 1.0, 2.0]
    assert lights.drawings[-1].at_s == 4.0
    lights.close()


def test_simulated_row_sends_what_it_shows() -> None:
    lights = SimulatedLights(LightsSettings(driver="simulated", count=3))
    lights.show(Pattern.MUTED)
    assert apa102_row(lights.bus.sent[-1], 3) == [(1.0, 0.0, 0.0)] * 3
    lights.close()
    assert apa102_row(lights.bus.sent[-1], 3) == [(0.0, 0.0, 0.0)] * 3
