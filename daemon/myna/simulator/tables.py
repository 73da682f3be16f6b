"""Turns the tables of a file into Structs, and collects everything wrong on the way. PURE."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Struct

from myna.errors import Problem

_T = TypeVar("_T", bound=Struct)


class TableReader:
    """Reads one table after the other.

    Attributes:
        problems: Everything wrong so far.
        line: Line of the file to which further problems belong, if it is known.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.line: int | None = None

    def read(self, kind: type[_T], table: Mapping[str, object], where: str) -> _T | None:
        """Read a table as `kind`; None when a value was missing or wrong.

        Args:
            kind: Its fields are the keys that the table may have.
            table: As parsed.
            where: Its place in the file, for a person; "" at the top.
        """
        known = {one.encode_name: one for one in msgspec.structs.fields(kind)}
        self._complain_of_unknown(table, known, where)
        values: dict[str, object] = {}
        before = len(self.problems)
        for key, one in known.items():
            if key in table:
                try:
                    values[one.name] = msgspec.convert(table[key], one.type)
                except msgspec.ValidationError as error:
                    self.complain(_join(where, key), str(error))
            elif one.required:
                self.complain(_join(where, key), "is missing")
        return kind(**values) if len(self.problems) == before else None

    def complain(self, key: str, text: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(key, text, self.line))

    def _complain_of_unknown(self, table: Iterable[str], known: Iterable[str], where: str) -> None:
        keys = tuple(known)
        for key in table:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                cure = f"did you mean {near[0]}?" if near else f"known are {', '.join(keys)}"
                self.complain(_join(where, key), f"unknown key; {cure}")


def _join(where: str, key: str) -> str:
    return f"{where}, {key}" if where else key
