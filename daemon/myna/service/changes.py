"""What has changed between two configurations, and which of it needs a restart. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from myna.config import Config

NEED_RESTART: Final = frozenset({"live.open_ahead"})
"""Keys for which the table that they stand in says otherwise."""


def changed_keys(before: Config, after: Config) -> list[str]:
    """Return the dotted keys whose values differ, in the order of the file."""
    return list(_differences("", _plain(before), _plain(after)))


def applier_for(key: str, tables: Iterable[str]) -> str | None:
    """Return which of `tables` (keys, or beginnings of keys) applies `key`; None: a restart."""
    if key in NEED_RESTART:
        return None
    return next((name for name in tables if key == name or key.startswith(f"{name}.")), None)


def _plain(config: Config) -> object:
    return msgspec.to_builtins(config, enc_hook=str)


def _differences(path: str, before: object, after: object) -> Iterator[str]:
    if before == after:
        return
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        yield path
        return
    for key in dict.fromkeys((*before, *after)):
        yield from _differences(f"{path}.{key}" if path else key, before.get(key), after.get(key))
