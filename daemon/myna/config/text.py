"""The configuration as text: the commented defaults, the values in force, the schema.

PURE. All of it is generated from the Structs, so that it cannot drift from them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec.structs import fields

from myna.config import Config
from myna.config.comments import COMMENTS, EXAMPLES
from myna.config.toml_text import toml_key, toml_value
from myna.redaction import redact
from myna_hardware.settings import OutputSettings

_TITLE: Final = """\
# Configuration of myna. What stands here are the defaults: take the # away from a
# line and change it. `myna config check` finds mistakes, `sudo systemctl restart
# myna` puts it in force. No API key belongs in this file.
"""
_LAMP: Final = OutputSettings(pin=22, label="lamp")


def default_text() -> str:
    """Return a configuration file that explains every key and changes nothing."""
    tables = [_default_table((name,), section) for name, section in _sections(Config())]
    tables.append(_default_table(("outputs", "NAME"), _LAMP, is_example=True))
    return "\n".join([_TITLE, *tables])


def show(config: Config) -> str:
    """Return `config` as TOML that gives the same configuration when read again."""
    tables = [_table((name,), section) for name, section in _sections(config)]
    tables += [_table(("outputs", name), output) for name, output in config.outputs.items()]
    return redact("\n".join(tables))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the configuration file, for editors."""
    schema = msgspec.json.schema(Config, schema_hook=lambda _path: {"type": "string"})
    for section in fields(Config):
        is_outputs = section.name == "outputs"
        kind = OutputSettings if is_outputs else section.type
        table = "outputs.NAME" if is_outputs else section.name
        for key, property_schema in schema["$defs"][kind.__name__]["properties"].items():
            property_schema["description"] = _about(f"{table}.{key}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _sections(config: Config) -> Iterator[tuple[str, msgspec.Struct]]:
    for field in fields(config):
        section = getattr(config, field.name)
        if isinstance(section, msgspec.Struct):
            yield field.name, section


def _table(path: tuple[str, ...], section: msgspec.Struct) -> str:
    values = {field.name: getattr(section, field.name) for field in fields(section)}
    lines = [f"{key} = {toml_value(value)}" for key, value in values.items() if value is not None]
    return "\n".join([f"[{toml_key(*path)}]", *lines]) + "\n"


def _default_table(
    path: tuple[str, ...], section: msgspec.Struct, *, is_example: bool = False
) -> str:
    """One table with every key commented out; of an example, the header too."""
    header = f"[{'.'.join(path)}]"
    lines = [f"#{header}" if is_example else header]
    for field in fields(section):
        key = ".".join((*path, field.name))
        value = getattr(section, field.name)
        about = _about(key) + (" Not set; for example:" if value is None else "")
        lines += textwrap.wrap(about, 88, initial_indent="# ", subsequent_indent="#   ")
        lines.append(f"#{field.name} = {toml_value(EXAMPLES[key] if value is None else value)}")
    return "\n".join(lines) + "\n"


def _about(key: str) -> str:
    return COMMENTS.get(key) or COMMENTS[f"{key}.NAME"]
