from __future__ import annotations

import pytest

from myna_hardware.errors import DeviceLostError, DeviceNotFoundError, HardwareError
from myna_hardware.interfaces import Pattern
from myna_hardware.lights.dimming import FLOOR
from myna_hardware.lights.drawn import DrawnLights
from myna_hardware.lights.leds import LedPixels
from myna_hardware.lights.scene import Canvas, Scene
from myna_hardware.settings import LightsSettings
from support.gpio import MockBoard

PIN = 17
RGB = (5, 6, 13)
PLAIN_LED = LightsSettings(driver="gpiozero", pin=PIN)
RGB_LED = LightsSettings(driver="gpiozero", red_pin=5, green_pin=6, blue_pin=13)


def lights_on(board: MockBoard, settings: LightsSettings = PLAIN_LED) -> DrawnLights:
    return DrawnLights(lambda: LedPixels(settings, board.pins), settings)


def test_plain_led_has_no_colour_and_an_rgb_led_has() -> None:
    assert LedPixels(PLAIN_LED, MockBoard().pins).canvas == Canvas(1, has_colour=False)
    assert LedPixels(RGB_LED, MockBoard().pins).canvas == Canvas(1, has_colour=True)


def test_rgb_led_gives_each_part_its_light_in_whole_percents() -> None:
    board = MockBoard()
    led = LedPixels(RGB_LED, board.pins)
    led.show(((0.254, 0.0, 1.0),), Scene())
    assert [board.level(pin) for pin in RGB] == [0.25, 0, 1]
    led.show(((0.002, 0.001, 0.0),), Scene())
    assert [board.level(pin) for pin in RGB] == [0.01, 0, 0]


def test_plain_led_is_inverted_when_active_low() -> None:
    board = MockBoard()
    led = LedPixels(LightsSettings(pin=PIN, active_high=False), board.pins)
    assert board.level(PIN) == 1
    led.show(((0.25, 0.25, 0.25),), Scene())
    assert board.level(PIN) == 0.75


def test_led_blinks_by_itself() -> None:
    board = MockBoard()
    lights = lights_on(board)
    lights.show(Pattern.ERROR)
    board.pin(PIN).await_levels(1, 0, 1, 0)
    lights.close()


def test_led_pulses_through_many_levels_when_thinking() -> None:
    board = MockBoard()
    lights = lights_on(board)
    lights.show(Pattern.THINKING)
    pin = board.pin(PIN)
    with pin.changed:
        assert pin.changed.wait_for(lambda: len({s.state for s in pin.states}) > 4, timeout=10)
    lights.close()


def test_led_that_fails_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    board = MockBoard()
    led = LedPixels(PLAIN_LED, board.pins)

    def refuse(_value: float) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(board.pin(PIN), "_change_state", refuse)
    with pytest.raises(DeviceLostError, match=r"^lights: GPIO17 does not answer: .*Input/output"):
        led.show(((1.0, 1.0, 1.0),), Scene())
    led.close()
    monkeypatch.undo()
    led.close()


def test_led_whose_pin_is_taken_away_is_lost_and_comes_back() -> None:
    board = MockBoard()
    led = LedPixels(PLAIN_LED, board.pins)
    led._leds[0].close()
    with pytest.raises(DeviceLostError, match="GPIO17 does not answer"):
        led.show(((1.0, 1.0, 1.0),), Scene())
    led.close()
    again = LedPixels(PLAIN_LED, board.pins)
    again.show(((1.0, 1.0, 1.0),), Scene())
    assert board.level(PIN) == 1
    again.close()


def test_second_pin_in_use_leaves_the_first_one_free() -> None:
    board = MockBoard()
    taken = board.pins.switch("outputs.lamp", 6, active_high=True)
    with pytest.raises(HardwareError, match="GPIO6 is used twice") as refusal:
        LedPixels(RGB_LED, board.pins)
    board.pins.switch("outputs.fan", 5, active_high=True).close()
    taken.close()
    del refusal  # held until here, so that nothing was freed by the garbage collector


@pytest.mark.parametrize(
    "settings",
    [
        LightsSettings(driver="gpiozero"),
        LightsSettings(driver="gpiozero", red_pin=5, green_pin=6),
        LightsSettings(driver="gpiozero", pin=17, red_pin=5, green_pin=6, blue_pin=13),
        LightsSettings(driver="gpiozero", pin=17, blue_pin=13),
    ],
)
def test_led_refuses_pins_that_make_no_light(settings: LightsSettings) -> None:
    with pytest.raises(DeviceNotFoundError, match=r"^lights: set either lights\.pin .* or all"):
        LedPixels(settings, MockBoard().pins)


def test_least_light_of_what_must_not_lie_is_not_cut_off_by_lgpio() -> None:
    lowest, inverted = int(FLOOR * 100), int((1 - FLOOR) * 100)  # gpiozero/pins/lgpio.py
    assert 0 < lowest < 100
    assert 0 < inverted < 100
