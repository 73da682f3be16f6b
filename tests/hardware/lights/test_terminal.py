from __future__ import annotations

import io

import pytest

from myna_hardware.errors import DeviceLostError
from myna_hardware.interfaces import Pattern
from myna_hardware.lights.drawn import DrawnLights
from myna_hardware.lights.scene import Scene
from myna_hardware.lights.terminal import TerminalPixels
from myna_hardware.settings import LightsSettings

RED, BLACK = (1.0, 0.0, 0.0), (0.0, 0.0, 0.0)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lights_on(stream: io.StringIO) -> DrawnLights:
    return DrawnLights(lambda: TerminalPixels(2, stream), LightsSettings())


def test_terminal_draws_a_row_that_the_next_line_covers() -> None:
    terminal = Terminal()
    TerminalPixels(3, terminal).show((RED, BLACK, (0.0, 0.2176, 0.0)), Scene(Pattern.ERROR))
    assert terminal.getvalue() == (
        "\r\x1b[38;2;255;0;0m●\x1b[0m·\x1b[38;2;0;127;0m●\x1b[0m error\x1b[K\r"
    )


def test_terminal_redraws_the_row_by_itself() -> None:
    terminal = Terminal()
    lights = lights_on(terminal)
    lights.show(Pattern.LISTENING)
    lights.show_level(0.0)
    rows = [row.split()[0] for row in terminal.getvalue().split("\r") if "listening" in row]
    assert [row.count("●") for row in rows] == [2, 1]
    lights.close()


def test_stream_that_is_no_terminal_gets_one_plain_line_per_change() -> None:
    stream = io.StringIO()
    lights = lights_on(stream)
    for pattern in (Pattern.IDLE, Pattern.LISTENING, Pattern.LISTENING):
        lights.show(pattern)
    lights.show_level(0.5)
    lights.light_microphone(is_on=True)
    lights.light_camera(is_on=True)
    lights.light_microphone(is_on=False)
    lights.show_volume(40)
    lights.close()
    assert stream.getvalue().splitlines() == [
        "lights  ● idle",
        "lights  ● listening",
        "lights  ● listening, microphone",
        "lights  ● listening, microphone, camera",
        "lights  ● listening, camera",
        "lights  ● listening, volume 40, camera",
    ]


def test_terminal_is_standard_error_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    TerminalPixels().show((RED,) * 12, Scene(Pattern.IDLE))
    assert capsys.readouterr() == ("", "lights  ● idle\n")


def test_terminal_that_is_gone_is_lost() -> None:
    stream = io.StringIO()
    pixels = TerminalPixels(1, stream)
    stream.close()
    with pytest.raises(DeviceLostError, match="the terminal is gone"):
        pixels.show((RED,), Scene(Pattern.IDLE))
