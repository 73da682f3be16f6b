from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from myna.config import Config
from myna.config.checks import CHECKS
from myna.config.file_checks import FILE_CHECKS
from myna.mqtt.settings import MqttSettings, ThingSettings

FILE = Path("/nowhere/file")


def problems(settings: MqttSettings) -> dict[str, str]:
    config = Config(mqtt=settings)
    return {problem.key: problem.text for check in CHECKS for problem in check(config)}


def thing(**changes: Any) -> MqttSettings:  # noqa: ANN401 - values of any key
    settings = ThingSettings(**{"command_topic": "lamp/set", **changes})
    return MqttSettings(host="broker", things={"lamp": settings})


@pytest.mark.parametrize(
    ("settings", "key", "words"),
    [
        (MqttSettings(username="x"), "mqtt.host", "is missing"),
        (MqttSettings(host=""), "mqtt.host", "is empty"),
        (MqttSettings(host="b", password_file=FILE), "mqtt.username", "belongs to a user name"),
        (MqttSettings(host="b", ca_file=FILE), "mqtt.ca_file", "mqtt.tls = true"),
        (
            MqttSettings(host="b", tls=True, certificate_file=FILE),
            "mqtt.key_file",
            "go together",
        ),
        (MqttSettings(host="b", tls=True, key_file=FILE), "mqtt.certificate_file", "together"),
        (MqttSettings(host="b", node="küche 1"), "mqtt.node", "letters"),
        (MqttSettings(host="b", base_topic="a/#"), "mqtt.base_topic", "wildcard"),
        (MqttSettings(host="b", discovery_prefix=""), "mqtt.discovery_prefix", "is empty"),
        (thing(command_topic="+/set"), "mqtt.things.lamp.command_topic", "wildcard"),
        (thing(state_topic="#"), "mqtt.things.lamp.state_topic", "wildcard"),
        (thing(level_topic="$SYS"), "mqtt.things.lamp.level_topic", "broker's own"),
        (thing(on="1", off="1"), "mqtt.things.lamp.off", "another word"),
        (thing(state_key="state"), "mqtt.things.lamp.state_topic", "is missing"),
        (
            thing(state_topic="lamp", level_key="brightness"),
            "mqtt.things.lamp.level_topic",
            "is missing",
        ),
    ],
)
def test_mistake_is_told_with_its_key(settings: MqttSettings, key: str, words: str) -> None:
    assert words in problems(settings)[key]


def test_things_need_names_of_their_own() -> None:
    two = {
        "lamp": ThingSettings(command_topic="a"),
        "other": ThingSettings(command_topic="b", label="Lamp"),
    }
    found = problems(MqttSettings(host="b", things=two))
    assert "give one another label" in found["mqtt.things.other.label"]


def test_nothing_is_wrong_with_what_is_right() -> None:
    assert problems(MqttSettings()) == {}
    whole = thing(
        state_topic="z",
        state_key="state",
        level_topic="z/level",
        level_key="brightness",
        label="desk lamp",
    )
    assert problems(whole) == {}


def test_files_that_are_missing_are_told(tmp_path: Path) -> None:
    there = tmp_path / "ca.pem"
    there.touch()
    config = Config(mqtt=MqttSettings(host="b", tls=True, ca_file=there, password_file=FILE))
    keys = [problem.key for check in FILE_CHECKS for problem in check(config)]
    assert keys == ["mqtt.password_file"]
