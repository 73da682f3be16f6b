"""From a tree of plain values to the Structs of the configuration, collecting problems.

PURE. msgspec stops at the first value that does not fit, and a person with a text
editor wants to know them all: so the tables are walked here, key by key.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias, TypeGuard, get_args, get_origin

import msgspec

from myna.config import Config
from myna.config.lines import KeyPath
from myna.errors import Problem
from myna.redaction import has_secret
from myna.values import UnfitError, described, fit, shown

PlacePath: TypeAlias = Callable[[KeyPath, str], Path]
"""Makes the path that a text at a key means: relative to the file, or to here."""

_SECRET_NAMES: Final = frozenset({"key", "apikey", "accesskey", "token", "accesstoken", "secret"})
_KEYS_BELONG: Final = (
    "a key never stands in the configuration: give it as the systemd credential api-key, "
    "in $GEMINI_API_KEY, or in a file of its own (live.key_file, wake.key_file)"
)


@dataclass(slots=True)
class Walk:
    """One reading of a tree.

    Attributes:
        place_path: How texts become paths.
        problems: What was found wrong so far, in the order of the Structs.
    """

    place_path: PlacePath
    problems: list[Problem] = field(default_factory=list)

    def config(self, tree: Mapping[str, object]) -> Config:
        """Read `tree`; what is wrong is noted in `problems` and left at its default."""
        read = self._table(tree, Config, ())
        return read if isinstance(read, Config) else Config()

    def _table(
        self, tree: Mapping[str, object], struct: type[msgspec.Struct], path: KeyPath
    ) -> object:
        """Read one table; UNSET if a key without a default is missing or wrong."""
        fields = {known.encode_name: known for known in msgspec.structs.fields(struct)}
        values: dict[str, object] = {}
        for key, value in tree.items():
            here = (*path, key)
            if _is_secret(key, value, is_known=key in fields):
                self._note(here, _KEYS_BELONG)
            elif key not in fields:
                self._note(here, f"unknown key; {_nearest(key, list(fields), path)}")
            else:
                values[key] = self._value(value, fields[key].type, here)
        required = {name: known for name, known in fields.items() if known.required}
        for name, known in required.items():
            if name not in tree:
                wanted = described(msgspec.inspect.type_info(known.type))
                self._note((*path, name), f"is missing: {wanted}")
        values = _without_unset(values)
        return struct(**values) if required.keys() <= values.keys() else msgspec.UNSET

    def _value(self, value: object, wanted: object, path: KeyPath) -> object:
        """Read one value of a table; UNSET if something is wrong with it."""
        entry = _entry_type(wanted)
        if entry is None and not _is_struct(wanted):
            return self._leaf(value, wanted, path)
        if not isinstance(value, Mapping):
            text = f"{shown(value)} is not a table: write [{'.'.join(path)}] above its keys"
            self._note(path, text)
            return msgspec.UNSET
        if _is_struct(wanted):
            return self._table(value, wanted, path)
        entries = {name: self._value(one, entry, (*path, name)) for name, one in value.items()}
        return _without_unset(entries)

    def _leaf(self, value: object, wanted: object, path: KeyPath) -> object:
        def make_path(_kind: type, text: object) -> Path:
            if not isinstance(text, str) or not text:
                raise ValueError
            return self.place_path(path, text)

        try:
            return fit(value, wanted, dec_hook=make_path)
        except UnfitError as error:
            self._note(path, str(error))
            return msgspec.UNSET

    def _note(self, path: KeyPath, text: str) -> None:
        self.problems.append(Problem(".".join(path), text))


def known_keys(struct: type[msgspec.Struct] = Config, path: KeyPath = ()) -> Iterator[str]:
    """Every dotted key that a file may set, tables left out; a free name is `NAME`."""
    for known in msgspec.structs.fields(struct):
        here = (*path, known.encode_name)
        entry = _entry_type(known.type)
        if entry is not None:
            here = (*here, "NAME")
        inner = known.type if entry is None else entry
        if _is_struct(inner):
            yield from known_keys(inner, here)
        else:
            yield ".".join(here)


def _entry_type(kind: object) -> object | None:
    """The type of the values of a table with free names; None for anything else."""
    return get_args(kind)[1] if get_origin(kind) is dict else None


def _is_struct(kind: object) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _without_unset(values: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not msgspec.UNSET}


def _is_secret(key: str, value: object, *, is_known: bool) -> bool:
    is_named_so = key.lower().replace("_", "").replace("-", "") in _SECRET_NAMES
    return (is_named_so and not is_known) or (
        isinstance(value, str | list) and has_secret(str(value))
    )


def _nearest(key: str, siblings: list[str], path: KeyPath) -> str:
    """Say which known key was probably meant, or which there are."""
    close = difflib.get_close_matches(key, siblings, n=1)
    if close:
        return f"did you mean {'.'.join((*path, close[0]))}?"
    elsewhere = {dotted.rpartition(".")[2]: dotted for dotted in known_keys()}
    close = difflib.get_close_matches(key, list(elsewhere), n=1, cutoff=0.8)
    if close:
        return f"did you mean {elsewhere[close[0]]}?"
    return f"here are known: {', '.join(siblings)}"
