from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from myna_hardware.pins import PinConflict, missing_settings, pin_conflicts
from myna_hardware.settings import (
    BodySettings,
    ButtonSettings,
    CameraSettings,
    KnobSettings,
    LightsSettings,
    MicrophoneSettings,
    MuteSwitchSettings,
    OutputSettings,
    SpeakerSettings,
)


def test_pin_conflicts_name_every_user_of_a_pin() -> None:
    body = BodySettings(
        lights=LightsSettings(driver="gpiozero", pin=17),
        button=ButtonSettings(driver="simulated", pin=17),
        outputs={"lamp": OutputSettings(pin=17), "fan": OutputSettings(pin=4)},
    )
    conflicts = pin_conflicts(body)
    assert conflicts == [PinConflict(17, ("lights.pin", "button.pin", "outputs.lamp.pin"))]
    assert str(conflicts[0]).startswith("GPIO17 is used by lights.pin and button.pin and")


def test_pin_conflicts_see_a_pin_used_twice_by_one_device() -> None:
    lights = LightsSettings(driver="gpiozero", red_pin=5, green_pin=6, blue_pin=5)
    conflicts = pin_conflicts(BodySettings(lights=lights))
    assert conflicts == [PinConflict(5, ("lights.red_pin", "lights.blue_pin"))]


def test_pin_conflicts_see_knob_and_mute_switch() -> None:
    body = BodySettings(
        button=ButtonSettings(driver="gpiozero", pin=23),
        knob=KnobSettings(driver="gpiozero", a_pin=23, b_pin=24),
        mute_switch=MuteSwitchSettings(driver="simulated", pin=24),
    )
    assert pin_conflicts(body) == [
        PinConflict(23, ("button.pin", "knob.a_pin")),
        PinConflict(24, ("knob.b_pin", "mute_switch.pin")),
    ]


def test_pin_conflicts_see_pin_zero() -> None:
    outputs = {"lamp": OutputSettings(pin=0), "fan": OutputSettings(pin=0)}
    assert pin_conflicts(BodySettings(outputs=outputs)) == [
        PinConflict(0, ("outputs.lamp.pin", "outputs.fan.pin"))
    ]


@pytest.mark.parametrize("driver", ["terminal", "none"])
def test_pin_conflicts_ignore_drivers_without_pins(driver: Literal["terminal", "none"]) -> None:
    body = BodySettings(
        lights=LightsSettings(driver=driver, pin=17),
        button=ButtonSettings(driver="keyboard", pin=17),
        outputs={"lamp": OutputSettings(pin=17)},
    )
    assert pin_conflicts(body) == []


def test_missing_settings_list_what_each_chosen_driver_lacks() -> None:
    body = BodySettings(
        microphone=MicrophoneSettings(driver="file"),
        speaker=SpeakerSettings(driver="file"),
        lights=LightsSettings(driver="gpiozero", red_pin=5, green_pin=6),
        button=ButtonSettings(driver="gpiozero"),
        knob=KnobSettings(driver="gpiozero", a_pin=23),
        mute_switch=MuteSwitchSettings(driver="gpiozero"),
        camera=CameraSettings(driver="file"),
    )
    assert [key for key, _ in missing_settings(body)] == [
        "microphone.path",
        "speaker.path",
        "lights.pin",
        "button.pin",
        "knob.b_pin",
        "mute_switch.pin",
        "camera.path",
    ]


@pytest.mark.parametrize(
    "lights",
    [
        LightsSettings(driver="gpiozero", pin=0),
        LightsSettings(driver="gpiozero", red_pin=5, green_pin=6, blue_pin=13),
        LightsSettings(driver="terminal"),
    ],
)
def test_missing_settings_are_none_when_one_complete_set_is_given(lights: LightsSettings) -> None:
    microphone = MicrophoneSettings(driver="file", path=Path("speech.wav"))
    assert missing_settings(BodySettings(lights=lights, microphone=microphone)) == []
