from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.config import Config, LiveSettings, WakeSettings
from myna.config.comments import COMMENTS, EXAMPLES
from myna.config.file import load_config
from myna.config.text import default_text, json_schema, show
from myna.config.tree import known_keys
from myna_hardware.settings import OutputSettings

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "configuration.md"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def read(text: str, file: Path) -> Config:
    file.write_text(text, encoding="utf-8", newline="")
    return load_config(file, (), {}).config


def uncommented(text: str) -> str:
    return re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE)


def flat(tree: Mapping[str, Any], path: str = "") -> dict[str, object]:
    """Return what stands in a tree of tables, by dotted key; an empty table is a value."""
    found: dict[str, object] = {}
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            found |= flat(value, f"{path}{key}.")
        else:
            found[path + key] = value
    return found


def examples_in(tree: dict[str, Any]) -> dict[str, object]:
    """Return what stands in the tables called NAME, and take them out of `tree`."""
    named = {key: value for key, value in flat(tree).items() if ".NAME." in key}
    for table in {key.partition(".NAME.")[0] for key in named}:
        *parents, name = table.split(".")
        del reduce(getitem, parents, tree)[name]
    return named


def without_empty(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return `tree` without the tables in which nothing is set by default."""
    return {key: value for key, value in tree.items() if value != {}}


def test_default_text_changes_nothing(tmp_path: Path) -> None:
    assert read(default_text(), tmp_path / "default.toml") == Config()


def test_default_text_shows_the_defaults_and_examples_when_uncommented() -> None:
    tree = tomllib.loads(uncommented(default_text()))
    for key, example in EXAMPLES.items():
        *tables, name = key.split(".")
        assert reduce(getitem, tables, tree).pop(name) == example
    named = examples_in(tree)
    assert without_empty(tree) == without_empty(tomllib.loads(show(Config())))
    assert named["outputs.NAME.pin"] == 22


def test_default_text_explains_every_key() -> None:
    written = set(flat(tomllib.loads(uncommented(default_text()))))
    for key in known_keys():
        # A table of plain values, such as wake.thresholds, stands there empty.
        assert key in written or key.removesuffix(".NAME") in written


def test_comments_are_there_for_every_key_and_no_other() -> None:
    assert set(COMMENTS) == set(known_keys())


def test_examples_are_there_for_keys_only() -> None:
    assert set(EXAMPLES) <= set(known_keys())


def test_show_reads_back_as_the_same_configuration(tmp_path: Path) -> None:
    config = Config(
        live=LiveSettings(key_file=Path("/etc/k")),
        wake=WakeSettings(thresholds={"okay_nabu": 0.25}),
        outputs={"desk lamp": OutputSettings(pin=4, initial=True), "fan": OutputSettings(pin=5)},
    )
    assert read(show(config), tmp_path / "shown.toml") == config


@given(TEXTS, TEXTS)
def test_show_reads_back_any_text(
    tmp_path_factory: pytest.TempPathFactory, instruction: str, name: str
) -> None:
    config = Config(
        live=LiveSettings(instruction=instruction), outputs={name: OutputSettings(pin=1)}
    )
    assert read(show(config), tmp_path_factory.getbasetemp() / "shown.toml") == config


def test_show_masks_keys() -> None:
    config = Config(live=LiveSettings(endpoint="wss://host/?key=canary"))
    assert "canary" not in show(config)


def test_json_schema_describes_every_key() -> None:
    schema = json.loads(json.dumps(json_schema()))
    definitions = schema["$defs"]
    assert definitions["SpeakerSettings"]["properties"]["volume"]["description"]
    assert definitions["WakeSettings"]["properties"]["thresholds"]["description"]
    described = [
        about["description"]
        for name, definition in definitions.items()
        if name != "Config"
        for about in definition["properties"].values()
        if "$ref" not in str(about.get("additionalProperties"))  # tables, told of below
    ]
    assert len(described) == len(COMMENTS)


@pytest.mark.parametrize("key", sorted(known_keys()))
def test_documentation_names_every_key(key: str) -> None:
    assert f"| `{key}` |" in DOCUMENTATION.read_text(encoding="utf-8")


def test_documentation_tells_the_defaults_as_they_are() -> None:
    defaults = tomllib.loads(show(Config()))
    rows = re.findall(
        r"^\| `([\w.]+)` \| `(.+?)` \|", DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE
    )
    told = {
        key: tomllib.loads(f"value = {default}")["value"]
        for key, default in rows
        if ".NAME" not in key
    }
    actual = flat(without_empty(defaults))
    for key in ("live.instruction", "wake.thresholds", "music.stations", "music.playlists"):
        del actual[key]
    assert told == actual


def test_documentation_names_no_key_that_is_not_there() -> None:
    rows = re.findall(
        r"^\| `(\w+\.[\w.]+)` \|", DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(rows) == set(known_keys())
