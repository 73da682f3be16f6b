"""Pins on gpiozero's own mock board, and a camera that really takes pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from myna.config import Config
from myna.doctor.body import (
    CameraFigures,
    check_button,
    check_mute_switch,
    check_pins,
    judge_camera,
    judge_mute,
    measure_camera,
)
from myna_hardware.camera import open_camera
from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.gpio import Contact, Pins
from myna_hardware.settings import ButtonSettings, CameraSettings, MuteSwitchSettings
from support.gpio import GroundedPin, MockBoard

BUTTON = ButtonSettings(driver="gpiozero", pin=27)
SWITCH = MuteSwitchSettings(driver="gpiozero", pin=24)
BIRD = Path(__file__).parents[3] / "daemon/myna/demo/bird.jpg"
NO_CHIP = "this machine has no GPIO pins"


def no_pins(part: str) -> Pins:
    raise DeviceNotFoundError(part, NO_CHIP)


def test_pins_are_told_with_their_factory_and_who_uses_them() -> None:
    board = MockBoard()
    finding = check_pins(Config(button=BUTTON), lambda _part: board.pins)
    assert (finding.verdict, finding.measured) == ("ok", "MockFactory, for button")


def test_pins_that_nobody_wants_are_not_looked_at() -> None:
    assert check_pins(Config(), no_pins).verdict == "skipped"


def test_pins_that_do_not_open_are_told() -> None:
    found = (
        check_pins(Config(button=BUTTON), no_pins),
        check_button(BUTTON, no_pins),
        check_mute_switch(SWITCH, no_pins),
    )
    for finding in found:
        assert (finding.verdict, finding.ailment) == ("fail", "pins-do-not-open")
        assert NO_CHIP in finding.measured


def test_button_at_rest_is_open_and_its_pin_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    board = MockBoard()
    closed: list[Contact] = []

    def close(contact: Contact) -> None:
        closed.append(contact)

    monkeypatch.setattr(Contact, "close", close)
    finding = check_button(BUTTON, lambda _part: board.pins)
    assert (finding.verdict, finding.measured) == ("ok", "GPIO27 is high: not pressed")
    assert len(closed) == 1


def test_button_that_is_pressed_is_told() -> None:
    board = MockBoard(GroundedPin)
    finding = check_button(BUTTON, lambda _part: board.pins)
    assert (finding.verdict, finding.ailment) == ("warn", "button-is-pressed")


@pytest.mark.parametrize(
    ("muted_when", "ailment"), [("closed", None), ("open", "microphone-is-muted")]
)
def test_mute_switch_is_read_as_it_is_wired(muted_when: str, ailment: str | None) -> None:
    board = MockBoard()
    settings = MuteSwitchSettings(driver="gpiozero", pin=24, muted_when=muted_when)  # type: ignore[arg-type]  # one of two
    assert check_mute_switch(settings, lambda _part: board.pins).ailment == ailment


@pytest.mark.parametrize("driver", ["none", "simulated"])
def test_other_drivers_have_no_pins(driver: str) -> None:
    assert check_button(ButtonSettings(driver=driver)).verdict == "skipped"  # type: ignore[arg-type]
    assert check_mute_switch(MuteSwitchSettings(driver=driver)).verdict == "skipped"  # type: ignore[arg-type]


def test_open_microphone_is_well() -> None:
    assert judge_mute(is_muted=False).verdict == "ok"


def test_picture_is_measured() -> None:
    camera = open_camera(CameraSettings(driver="file", path=BIRD))
    assert camera is not None
    figures = measure_camera(camera.capture)
    camera.close()
    assert figures.jpeg_bytes == BIRD.stat().st_size
    assert figures.width > figures.height > 100
    assert 0 <= figures.took_s < 5
    assert judge_camera(figures).verdict == "ok"


def test_picture_is_told_with_its_figures() -> None:
    figures = CameraFigures(1024, 768, 83_000, 1.24)
    assert judge_camera(figures).measured == "1024x768, 83 kB, in 1.2 s"


def test_picture_of_nothing_is_told() -> None:
    camera = open_camera(CameraSettings(driver="simulated"))
    assert camera is not None
    assert judge_camera(measure_camera(camera.capture)).ailment == "camera-sees-nothing"
