"""`--set KEY=VALUE`: one key of the configuration, given on the command line.

PURE.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from myna.config.lines import KeyPath
from myna.errors import Problem


@dataclass(frozen=True, slots=True)
class Override:
    """One value for one key."""

    path: KeyPath
    value: object


def parse_override(text: str) -> Override | Problem:
    """Read `KEY=VALUE`; a VALUE that is not TOML is the text itself."""
    key, equals, value = text.partition("=")
    path = _key_path(key.strip())
    if not equals or not path:
        return Problem("--set", "takes a key and a value, like speaker.volume=50")
    return Override(path, _value(value.strip()))


def laid_over(tree: Mapping[str, object], overrides: Iterable[Override]) -> dict[str, Any]:
    """Return `tree` with the overrides in place of what stood there; later ones win."""
    result = dict(tree)
    for override in overrides:
        result = _with(result, override.path, override.value)
    return result


def _with(tree: Mapping[str, object], path: KeyPath, value: object) -> dict[str, Any]:
    key, *rest = path
    below = tree.get(key)
    if rest:
        value = _with(below if isinstance(below, dict) else {}, tuple(rest), value)
    return {**tree, key: value}


def _key_path(key: str) -> KeyPath:
    """The parts of a dotted TOML key; empty if it is none."""
    try:
        tree: object = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while isinstance(tree, dict):
        if len(tree) != 1:
            return ()
        ((part, tree),) = tree.items()
        path.append(part)
    return tuple(path)


def _value(text: str) -> object:
    try:
        tree = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return tree["value"] if len(tree) == 1 else text
