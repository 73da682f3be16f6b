"""Reads options from words: `FLAG` or `FLAG=VALUE`. PURE."""

from __future__ import annotations

import difflib
import tomllib
from typing import Final

import msgspec

from myna.simulator.options import Options

KNOWN: Final = {one.name: one.type for one in msgspec.structs.fields(Options)}


def read_flag(word: str) -> tuple[str, object]:
    """Return the name and the value of one flag; a bare name is switched on.

    Raises:
        ValueError: There is no such flag, or it does not take this value.
    """
    name, has_value, text = word.partition("=")
    if name not in KNOWN:
        near = difflib.get_close_matches(name, KNOWN, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ValueError(f"there is no flag {name!r}; {hint}known are {', '.join(KNOWN)}")
    if not has_value and KNOWN[name] is not bool:
        raise ValueError(f"{name} needs a value: {name}=VALUE")
    return name, _value(name, text) if has_value else True


def _value(name: str, text: str) -> object:
    problem = ""
    for value in (_toml(text), text):
        try:
            return msgspec.convert(value, KNOWN[name])
        except msgspec.ValidationError as error:
            problem = problem or str(error)
    raise ValueError(f"{name} cannot be {text!r}: {problem}")


def _toml(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
