from __future__ import annotations

import io

import pytest

from myna_hardware.errors import DeviceNotFoundError, HardwareError
from myna_hardware.interfaces import Pattern
from myna_hardware.lights import open_lights
from myna_hardware.lights.leds import LedLights
from myna_hardware.lights.none import NoLights
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.lights.terminal import TerminalLights
from myna_hardware.settings import LightsSettings
from support.gpio import MockBoard

PIN = 17
RGB = (5, 6, 13)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_plain_led_is_as_bright_as_configured() -> None:
    board = MockBoard()
    lights = LedLights(LightsSettings(driver="gpiozero", pin=PIN, brightness=40), board.pins)
    lights.show(Pattern.LISTENING)
    assert board.level(PIN) == pytest.approx(0.4)
    lights.close()


def test_plain_led_is_inverted_when_active_low() -> None:
    board = MockBoard()
    settings = LightsSettings(driver="gpiozero", pin=PIN, active_high=False)
    lights = LedLights(settings, board.pins)
    assert board.level(PIN) == 1
    lights.show(Pattern.LISTENING)
    assert board.level(PIN) == 0
    lights.close()


def test_rgb_led_is_solid_red_when_muted() -> None:
    board = MockBoard()
    red, green, blue = RGB
    settings = LightsSettings(driver="gpiozero", red_pin=red, green_pin=green, blue_pin=blue)
    lights = LedLights(settings, board.pins)
    lights.show(Pattern.MUTED)
    assert [board.level(pin) for pin in RGB] == [1, 0, 0]
    lights.close()


def test_led_follows_the_voice_while_it_listens_and_never_goes_dark() -> None:
    board = MockBoard()
    lights = LedLights(LightsSettings(driver="gpiozero", pin=PIN, brightness=50), board.pins)
    lights.show(Pattern.LISTENING)
    seen = [board.level(PIN)]
    for level in (0.0, 0.5, 1.0):
        lights.show_level(level)
        seen.append(board.level(PIN))
    assert seen == pytest.approx([0.5, 0.2, 0.35, 0.5])
    lights.close()


def test_led_forgets_the_voice_with_the_next_pattern() -> None:
    board = MockBoard()
    lights = LedLights(LightsSettings(driver="gpiozero", pin=PIN), board.pins)
    lights.show(Pattern.LISTENING)
    lights.show_level(0.0)
    lights.show(Pattern.STARTING)
    lights.show_level(0.0)
    lights.show(Pattern.LISTENING)
    assert board.level(PIN) == 1
    lights.close()


def test_terminal_draws_a_bar_that_the_next_line_covers() -> None:
    terminal = Terminal()
    lights = TerminalLights(terminal)
    lights.show(Pattern.SPEAKING)
    before = len(terminal.getvalue())
    lights.show_level(0.5)
    assert terminal.getvalue()[before:] == "\r▇▇▇▇▇▇\x1b[K\r"


@pytest.mark.parametrize("pattern", [Pattern.LISTENING, Pattern.IDLE])
def test_bar_is_drawn_neither_into_a_file_nor_at_rest(pattern: Pattern) -> None:
    stream = Terminal() if pattern is Pattern.IDLE else io.StringIO()
    lights = TerminalLights(stream)
    lights.show(pattern)
    before = stream.getvalue()
    lights.show_level(0.5)
    assert stream.getvalue() == before


def test_led_blinks_by_itself() -> None:
    board = MockBoard()
    lights = LedLights(LightsSettings(driver="gpiozero", pin=PIN), board.pins)
    lights.show(Pattern.ERROR)
    board.pin(PIN).await_levels(1, 0, 1, 0)
    lights.close()


def test_led_pulses_through_many_levels_when_thinking() -> None:
    board = MockBoard()
    lights = LedLights(LightsSettings(driver="gpiozero", pin=PIN), board.pins)
    lights.show(Pattern.THINKING)
    pin = board.pin(PIN)
    with pin.changed:
        assert pin.changed.wait_for(lambda: len({s.state for s in pin.states}) > 4, timeout=10)
    lights.close()


def test_led_runs_on_when_a_pattern_is_repeated() -> None:
    board = MockBoard()
    now_s = [0.0]
    lights = LedLights(
        LightsSettings(driver="gpiozero", pin=PIN), board.pins, clock=lambda: now_s[0]
    )
    lights.show(Pattern.ERROR)
    now_s[0] = 0.2
    board.pin(PIN).await_levels(1, 0)
    lights.show(Pattern.ERROR)
    assert board.level(PIN) == 0
    lights.close()


def test_second_pin_in_use_leaves_the_first_one_free() -> None:
    board = MockBoard()
    taken = board.pins.switch("outputs.lamp", 6, active_high=True)
    with pytest.raises(HardwareError, match="GPIO6 is used twice") as refusal:
        LedLights(
            LightsSettings(driver="gpiozero", red_pin=5, green_pin=6, blue_pin=13), board.pins
        )
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
        LedLights(settings, MockBoard().pins)


def test_simulated_lights_remember_each_change() -> None:
    lights = SimulatedLights(LightsSettings(driver="simulated"))
    for pattern in (Pattern.IDLE, Pattern.LISTENING, Pattern.LISTENING, Pattern.IDLE):
        lights.show(pattern)
    lights.close()
    assert lights.history == [Pattern.IDLE, Pattern.LISTENING, Pattern.IDLE]


def test_terminal_prints_one_plain_line_per_change() -> None:
    stream = io.StringIO()
    lights = TerminalLights(stream)
    for pattern in (Pattern.IDLE, Pattern.LISTENING, Pattern.LISTENING):
        lights.show(pattern)
    assert stream.getvalue() == "lights  ● idle\nlights  ● listening\n"


def test_terminal_colours_the_dot_on_a_terminal() -> None:
    stream = Terminal()
    TerminalLights(stream).show(Pattern.MUTED)
    assert stream.getvalue() == "lights  \x1b[38;2;255;0;0m●\x1b[0m muted\n"


def test_terminal_prints_to_standard_error_by_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    TerminalLights().show(Pattern.IDLE)
    assert capsys.readouterr() == ("", "lights  ● idle\n")


def test_open_lights_opens_the_driver_that_is_named() -> None:
    opened = [
        open_lights(LightsSettings(driver="terminal")),
        open_lights(LightsSettings(driver="simulated")),
        open_lights(LightsSettings(driver="none")),
    ]
    assert [type(lights) for lights in opened] == [TerminalLights, SimulatedLights, NoLights]
    for lights in opened:
        lights.close()
