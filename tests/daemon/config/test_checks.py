from __future__ import annotations

import pytest

from myna.config import Config, ConversationSettings, LiveSettings, WakeSettings
from myna.config.checks import CHECKS
from myna_hardware.settings import CameraSettings, OutputSettings, SensorSettings


def problems(config: Config) -> list[str]:
    return [str(problem) for check in CHECKS for problem in check(config)]


@pytest.mark.parametrize(("end_silence_s", "is_wrong"), [(0, False), (0.1, True), (0.3, False)])
def test_end_silence_cuts_nobody_off(end_silence_s: float, is_wrong: bool) -> None:
    config = Config(conversation=ConversationSettings(end_silence_s=end_silence_s))
    assert bool(problems(config)) == is_wrong


def test_checks_find_nothing_wrong_with_the_defaults() -> None:
    assert problems(Config()) == []


@pytest.mark.parametrize(
    ("word", "hint"), [("okay_nab", "did you mean okay_nabu?"), ("x", "those are okay_nabu, stop")]
)
def test_check_thresholds_refuses_a_word_that_is_not_listened_for(word: str, hint: str) -> None:
    config = Config(wake=WakeSettings(thresholds={word: 0.5, "okay_nabu": 0.9, "stop": 0.8}))
    assert problems(config) == [
        f"wake.thresholds.{word}: is not one of wake.words or wake.stop_words; {hint}"
    ]


def test_check_durations_refuses_a_follow_up_beyond_the_limit() -> None:
    config = Config(conversation=ConversationSettings(follow_up_s=20, limit_s=10))
    assert problems(config) == [
        "conversation.follow_up_s: 20 is longer than the whole conversation (limit_s = 10)"
    ]


def test_check_compression_refuses_to_keep_what_is_to_be_forgotten() -> None:
    config = Config(live=LiveSettings(compress_at_tokens=5_000))
    assert problems(config) == [
        (
            "live.compress_to_tokens: 8000 is no less than live.compress_at_tokens = 5000: "
            "nothing would be forgotten"
        )
    ]


def test_check_camera_size_wants_even_numbers_for_picamera2() -> None:
    odd = (1023, 768)
    config = Config(camera=CameraSettings(driver="picamera2", size=odd))
    assert problems(config) == ["camera.size: picamera2 wants even numbers, like [1024, 768]"]
    assert problems(Config(camera=CameraSettings(driver="simulated", size=odd))) == []


def test_check_camera_size_refuses_an_empty_picture() -> None:
    config = Config(camera=CameraSettings(size=(640, 0)))
    assert problems(config) == ["camera.size: width and height are at least 1, like [1024, 768]"]


def test_check_labels_refuses_two_outputs_of_one_spoken_name() -> None:
    outputs = {
        "desk_lamp": OutputSettings(pin=1),
        "lamp": OutputSettings(pin=2, label="Desk Lamp"),
        "fan": OutputSettings(pin=3),
        "heater": OutputSettings(pin=4),
    }
    assert problems(Config(outputs=outputs)) == [
        'outputs.lamp.label: outputs.desk_lamp is called "desk lamp" too: give one another label'
    ]


def test_check_labels_refuses_two_sensors_of_one_spoken_name() -> None:
    sensors = {
        "pool": SensorSettings(driver="w1", device="28-0300a279f7d1"),
        "water": SensorSettings(driver="w1", label="Pool"),
    }
    outputs = {"pool": OutputSettings(pin=1)}  # its pump: another thing to say
    assert problems(Config(outputs=outputs, sensors=sensors)) == [
        'sensors.water.label: sensors.pool is called "pool" too: give one another label'
    ]
