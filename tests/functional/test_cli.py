"""What `myna` prints when nothing is wrong."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

import myna
from support.cli import Home

COMMANDS = (
    "run",
    "demo",
    "simulate",
    "status",
    "monitor",
    "listen",
    "stop",
    "mute",
    "unmute",
    "say",
    "volume",
    "confirm",
    "timers",
    "snooze",
    "tools",
    "call",
    "outputs",
    "devices",
    "doctor",
    "report",
    "config",
)
ACTIONS = ("config check", "config show", "config init", "config schema")


KINDS = [
    "microphones",
    "speakers",
    "cameras",
    "gpio chips",
    "spi buses",
    "one-wire thermometers",
    "sensors on i2c",
    "sensors of the kernel (iio)",
    "sensors of the kernel (hwmon)",
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.mark.parametrize("command", [*COMMANDS, *ACTIONS])
async def test_help_has_an_example(home: Home, command: str) -> None:
    done = await home.myna(*command.split(), "--help")
    assert done.code == 0
    assert f"example: myna {command}" in " ".join(done.out.split())


async def test_help_names_every_command(home: Home) -> None:
    done = await home.myna("--help")
    assert done.code == 0
    assert tuple(re.findall(r"^ {4}(\w+)", done.out, re.MULTILINE)) == COMMANDS


async def test_version_is_that_of_the_package(home: Home) -> None:
    assert (await home.myna("--version")).out == f"myna {myna.__version__}\n"


@pytest.mark.parametrize("words", [(), ("sing",), ("config",), ("status", "now"), ("say",)])
async def test_usage_is_told_when_the_words_are_wrong(home: Home, words: tuple[str, ...]) -> None:
    done = await home.myna(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("usage: myna")


async def test_written_configuration_is_found_to_be_right(home: Home) -> None:
    written = home.folder / "new.toml"
    assert (await home.myna("config", "init", "--output", str(written))).code == 0
    assert written.read_text() == (await home.myna("config", "init")).out
    done = await home.myna("config", "check", "--config", str(written))
    assert (done.code, done.out) == (0, f"{written}: no mistakes found\n")


async def test_shown_configuration_is_toml_with_what_was_set(home: Home) -> None:
    home.config.write_text("[speaker]\nvolume = 30\n")
    done = await home.myna("config", "show", "--set", 'wake.words=["alexa"]')
    shown = tomllib.loads(done.out)
    assert (shown["speaker"]["volume"], shown["wake"]["words"]) == (30, ["alexa"])
    assert shown["live"]["model"] == "gemini-3.8-live"


async def test_schema_is_json_that_knows_every_table(home: Home) -> None:
    done = await home.myna("config", "schema")
    assert '"microphone"' in done.out
    assert json.loads(done.out)


async def test_devices_are_listed_by_kind_or_said_to_be_none(home: Home) -> None:
    found = json.loads((await home.myna("devices", "--json")).out)
    assert found.pop("troubles") == {}
    assert list(found) == KINDS
    expected = "".join(
        f"{kind}:\n" + "".join(f"  {name}\n" for name in names or ["(none)"])
        for kind, names in found.items()
    )
    assert (await home.myna("devices")).out == expected
