"""On which line of a TOML text each key stands.

PURE. `tomllib` keeps no positions. A TOML text is a row of statements (a header or an
assignment), and no statement is valid before its last line: so the text is read
statement by statement, each by `tomllib` itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str, ...]


def key_lines(text: str) -> dict[str, int]:
    """Return the line, counted from 1, on which each dotted key and table first stands.

    Args:
        text: Valid TOML; from an invalid statement on nothing is found.
    """
    lines: dict[str, int] = {}
    table: KeyPath = ()
    for number, statement, tree in _statements(text):
        paths = list(_paths(tree))
        if statement.startswith("["):
            table = paths[-1] if paths else ()
            paths = [table[:depth] for depth in range(1, len(table) + 1)]
        else:
            paths = [table + path for path in paths]
        for path in paths:
            lines.setdefault(".".join(path), number)
    return lines


def line_of(lines: Mapping[str, int], key: str) -> int | None:
    """Return the line of the dotted `key`, or of the innermost table that would hold it."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, object]]]:
    pending = ""
    first = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not pending:
            first = number
        pending += line + "\n"
        try:
            tree = tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue
        if tree:
            yield first, pending.lstrip(), tree
        pending = ""


def _paths(tree: Mapping[str, object], above: KeyPath = ()) -> Iterator[KeyPath]:
    """Every key of `tree`, tables before what is in them."""
    for key, value in tree.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from _paths(value, (*above, key))
