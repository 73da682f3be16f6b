"""The configuration as text: the commented defaults, the values in force, the schema.

PURE. All of it is generated from the Structs, so that it cannot drift from them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import msgspec
from msgspec.structs import fields

from myna.config import Config
from myna.config.comments import COMMENTS, EXAMPLES
from myna.config.toml_text import toml_key, toml_value
from myna.mcp_servers.settings import McpServerSettings
from myna.mqtt.settings import ThingSettings
from myna.redaction import redact
from myna.tools.rules import ToolRule
from myna_hardware.settings import OutputSettings, SensorSettings

_TITLE: Final = """\
# Configuration of myna. What stands here are the defaults: take the # away from a
# line and change it. `myna config check` finds mistakes, `sudo systemctl reload
# myna` puts it in force. No API key belongs in this file.
"""
_NAMED: Final[Mapping[str, msgspec.Struct]] = {
    "outputs": OutputSettings(pin=22, label="lamp"),
    "sensors": SensorSettings(driver="digital", label="kitchen window"),
    "tools.rules": ToolRule(),
    "mcp": McpServerSettings(),
    "mqtt.things": ThingSettings(command_topic="home/lamp/set"),
}
"""Tables that stand there once for each name, with what one might look like."""

Path: TypeAlias = tuple[str, ...]


def default_text() -> str:
    """Return a configuration file that explains every key and changes nothing."""
    tables = [_default_table(path, section) for path, section in _sections(Config())]
    named = [
        _default_table((*key.split("."), "NAME"), example, is_example=True)
        for key, example in _NAMED.items()
    ]
    return "\n".join([_TITLE, *tables, *named])


def show(config: Config) -> str:
    """Return `config` as TOML that gives the same configuration when read again."""
    return redact("\n".join(_table(path, section) for path, section in _sections(config)))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the configuration file, for editors."""
    schema = msgspec.json.schema(Config, schema_hook=lambda _path: {"type": "string"})
    kinds = {path: type(section) for path, section in _sections(Config())}
    named = {(*key.split("."), "NAME"): type(example) for key, example in _NAMED.items()}
    for path, kind in {**kinds, **named}.items():
        for key, property_schema in schema["$defs"][kind.__name__]["properties"].items():
            if not _is_named((*path, key)):
                property_schema["description"] = _about(".".join((*path, key)))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _sections(parent: msgspec.Struct, path: Path = ()) -> Iterator[tuple[Path, msgspec.Struct]]:
    """Return all tables below `parent`, each before those below it."""
    for field in fields(parent):
        value = getattr(parent, field.name)
        here = (*path, field.name)
        if isinstance(value, msgspec.Struct):
            below = {here: value}
        elif _is_named(here):
            below = {(*here, name): item for name, item in value.items()}
        else:
            continue
        for table, section in below.items():
            yield table, section
            yield from _sections(section, table)


def _is_named(path: Path) -> bool:
    return ".".join(path) in _NAMED


def _keys(path: Path, section: msgspec.Struct) -> Iterator[tuple[str, object]]:
    """Return what stands in the table itself, not in one below it."""
    for field in fields(section):
        value = getattr(section, field.name)
        if not (isinstance(value, msgspec.Struct) or _is_named((*path, field.name))):
            yield field.name, value


def _table(path: Path, section: msgspec.Struct) -> str:
    values = {key: value for key, value in _keys(path, section) if value is not None}
    lines = [f"{key} = {toml_value(value)}" for key, value in values.items()]
    return "\n".join([f"[{toml_key(*path)}]", *lines]) + "\n"


def _default_table(path: Path, section: msgspec.Struct, *, is_example: bool = False) -> str:
    """One table with every key commented out; of an example, the header too."""
    header = f"[{'.'.join(path)}]"
    lines = [f"#{header}" if is_example else header]
    for name, value in _keys(path, section):
        key = ".".join((*path, name))
        about = _about(key) + (" Not set; for example:" if value is None else "")
        lines += textwrap.wrap(about, 88, initial_indent="# ", subsequent_indent="#   ")
        lines.append(f"#{name} = {toml_value(EXAMPLES[key] if value is None else value)}")
    return "\n".join(lines) + "\n"


def _about(key: str) -> str:
    return COMMENTS.get(key) or COMMENTS[f"{key}.NAME"]
