from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from myna_hardware.pins import (
    PinConflict,
    contradictions,
    is_spi_name,
    missing_settings,
    pin_conflicts,
)
from myna_hardware.settings import (
    BodySettings,
    ButtonSettings,
    CameraSettings,
    KnobSettings,
    LightsSettings,
    MicrophoneSettings,
    MuteSwitchSettings,
    OutputSettings,
    SensorSettings,
    SpeakerSettings,
)


def test_pin_conflicts_name_every_user_of_a_pin() -> None:
    body = BodySettings(
        lights=LightsSettings(driver="gpiozero", pin=17),
        button=ButtonSettings(driver="gpiozero", pin=17),
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
        mute_switch=MuteSwitchSettings(driver="gpiozero", pin=24),
    )
    assert pin_conflicts(body) == [
        PinConflict(23, ("button.pin", "knob.a_pin")),
        PinConflict(24, ("knob.b_pin", "mute_switch.pin")),
    ]


def test_pin_conflicts_tell_simulated_pins_from_real_ones() -> None:
    body = BodySettings(
        lights=LightsSettings(driver="gpiozero", pin=17),
        outputs={
            "lamp": OutputSettings(pin=17, driver="simulated"),
            "fan": OutputSettings(pin=17, driver="simulated"),
        },
    )
    assert pin_conflicts(body) == [PinConflict(17, ("outputs.lamp.pin", "outputs.fan.pin"))]


@pytest.mark.parametrize(("initial", "safe"), [(True, None), (0, 20), (1, 0)])
def test_contradictions_name_an_output_that_rests_on_and_is_to_pulse(
    initial: int,
    safe: int | None,
) -> None:
    outputs = {"door": OutputSettings(pin=4, pulse_s=0.5, initial=initial, safe=safe)}
    assert contradictions(BodySettings(outputs=outputs)) == [
        ("outputs.door.pulse_s", "it goes on for pulse_s only: let initial and safe be off")
    ]


def test_contradictions_are_none_in_what_rests_off_or_never_pulses() -> None:
    outputs = {
        "door": OutputSettings(pin=4, pulse_s=0.5, safe=False),
        "fan": OutputSettings(pin=5, initial=True, safe=40),
    }
    assert contradictions(BodySettings(outputs=outputs)) == []


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


@pytest.mark.parametrize(
    ("lights", "claims"),
    [
        (LightsSettings(driver="apa102", count=3), {10: "lights.spi", 11: "lights.spi"}),
        (LightsSettings(driver="neopixel", count=3, power_pin=5), {10: "lights.spi"}),
        (LightsSettings(driver="neopixel", count=3, spi="1.2"), {20: "lights.spi"}),
        (LightsSettings(driver="apa102", count=3, spi="3.0", power_pin=5), {5: "lights.power_pin"}),
        (LightsSettings(driver="terminal", count=3, power_pin=5), {}),
    ],
)
def test_pin_conflicts_see_the_pins_of_a_row_on_spi(
    lights: LightsSettings, claims: dict[int, str]
) -> None:
    lamps = {f"lamp{pin}": OutputSettings(pin=pin) for pin in (5, 10, 11, 20, 21)}
    conflicts = pin_conflicts(BodySettings(lights=lights, outputs=lamps))
    assert {conflict.pin: conflict.keys for conflict in conflicts} == {
        pin: (key, f"outputs.lamp{pin}.pin") for pin, key in claims.items()
    }


@pytest.mark.parametrize(("name", "is_one"), [("0.0", True), ("10.1", True), ("0", False)])
def test_spi_name_is_a_bus_and_a_device(name: str, is_one: bool) -> None:
    assert is_spi_name(name) is is_one
    assert not is_spi_name(name + "\n")
    assert not is_spi_name("/dev/spidev" + name)


def test_missing_settings_ask_for_the_count_of_a_row() -> None:
    for driver in ("apa102", "neopixel"):
        lights = LightsSettings(driver=driver)
        assert missing_settings(BodySettings(lights=lights)) == [
            ("lights.count", "say how many pixels the row has")
        ]


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


def test_pin_conflicts_see_contacts_and_the_pins_of_a_bus() -> None:
    body = BodySettings(
        outputs={"lamp": OutputSettings(pin=5), "fan": OutputSettings(pin=3)},
        sensors={
            "door": SensorSettings(driver="digital", pin=5),
            "attic": SensorSettings(driver="bme280"),
            "cellar": SensorSettings(driver="bme680", address=0x77),
            "hall": SensorSettings(driver="simulated", pin=3),
        },
    )
    assert pin_conflicts(body) == [
        PinConflict(5, ("outputs.lamp.pin", "sensors.door.pin")),
        PinConflict(3, ("outputs.fan.pin", "sensors.attic.bus")),
    ]


def test_missing_settings_of_sensors_name_their_keys() -> None:
    sensors = {
        "door": SensorSettings(driver="digital"),
        "light": SensorSettings(driver="iio"),
        "air": SensorSettings(driver="hwmon"),
        "pool": SensorSettings(driver="w1"),
    }
    assert [key for key, _ in missing_settings(BodySettings(sensors=sensors))] == [
        "sensors.door.pin",
        "sensors.light.device",
        "sensors.air.device",
    ]
