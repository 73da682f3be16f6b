from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from myna.config import Config, LiveSettings, StateSettings
from myna.service.changes import applier_for, changed_keys
from myna_hardware.settings import MicrophoneSettings, OutputSettings

TABLES = ("live", "conversation.limit_s", "lights.night", "tools.rules")


def test_nothing_has_changed_in_the_same_configuration() -> None:
    assert changed_keys(Config(), Config()) == []


def test_each_changed_key_is_named_in_the_order_of_the_file() -> None:
    after = Config(
        live=LiveSettings(voice="Kore", model="other"),
        microphone=MicrophoneSettings(device="USB"),
        state=StateSettings(dir=Path("/x")),
    )
    assert changed_keys(Config(), after) == [
        "live.model",
        "live.voice",
        "microphone.device",
        "state.dir",
    ]


def test_a_thing_that_came_or_went_is_named_whole() -> None:
    lamp = Config(outputs={"lamp": OutputSettings(pin=22)})
    assert changed_keys(Config(), lamp) == ["outputs.lamp"]
    assert changed_keys(lamp, Config()) == ["outputs.lamp"]
    other = replace(lamp, outputs={"lamp": OutputSettings(pin=23)})
    assert changed_keys(lamp, other) == ["outputs.lamp.pin"]


@pytest.mark.parametrize(
    ("key", "table"),
    [
        ("live.voice", "live"),
        ("live.open_ahead", None),
        ("conversation.limit_s", "conversation.limit_s"),
        ("conversation.follow_up_s", None),
        ("lights.night", "lights.night"),
        ("lights.night_brightness", None),
        ("tools.rules.lamp.risk", "tools.rules"),
        ("tools.folder", None),
    ],
)
def test_a_key_is_applied_by_its_table_or_needs_a_restart(key: str, table: str | None) -> None:
    assert applier_for(key, TABLES) == table
