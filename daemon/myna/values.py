"""Fit a value from outside into a type, or say in a person's words why it does not fit.

PURE. Serves the configuration file (what a user typed) and the arguments of tools
(what the model sent): msgspec checks, this module explains.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import inspect

from myna.redaction import redact

DecodeHook: TypeAlias = Callable[[type, Any], Any]
_SHOWN_CHARACTERS: Final = 40


class UnfitError(ValueError):
    """A value does not fit; the text says what was given and what would fit."""


def fit(
    value: object, wanted: object, *, is_lax: bool = False, dec_hook: DecodeHook | None = None
) -> object:
    """Convert `value` to the type `wanted`.

    Args:
        value: Plain data, as TOML or JSON gives it.
        wanted: A type that msgspec knows, or one for `dec_hook`.
        is_lax: Also take 50.0, "50" and "true" for what they mean (models send them).
        dec_hook: Makes values of types that msgspec does not know.

    Raises:
        UnfitError: It does not fit, or holds NaN or an infinity.
    """
    try:
        converted: object = msgspec.convert(value, wanted, strict=not is_lax, dec_hook=dec_hook)
    except msgspec.ValidationError as error:
        raise UnfitError(complaint(value, inspect.type_info(wanted))) from error
    if not _is_finite(value):
        raise UnfitError("a number must be finite")
    return converted


def complaint(value: object, kind: inspect.Type) -> str:
    """Say why `value` is not a `kind`."""
    for part in _alternatives(kind):
        if isinstance(part, inspect.VarTupleType) and isinstance(value, str):
            return f"{shown(value)} is not a list: write [{shown(value)}]"
        outside = _outside(value, part)
        if outside:
            return f"{shown(value)} {outside}"
        if isinstance(value, str) and _is_number_text(value, part):
            return f"{shown(value)} is a text: write the number without quotes"
    return f"{shown(value)} is not {described(kind)}"


def shown(value: object) -> str:
    """Write `value` as a person would quote it: short, on one line, without secrets."""
    match value:
        case None | bool():
            return json.dumps(value)
        case str():
            text = redact(value)
            cut = text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
            return json.dumps(cut, ensure_ascii=False)
        case Mapping():
            return "a table"
        case list() | tuple():
            return f"[{', '.join(shown(item) for item in value[:4])}{', …' * (len(value) > 4)}]"
        case _:
            return str(value)


def described(kind: inspect.Type) -> str:
    """Say what a value of `kind` is: "a whole number from 0 to 100"."""
    match kind:
        case inspect.IntType() | inspect.FloatType():
            noun = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
            return noun + _range(kind)
        case inspect.LiteralType(values=values):
            return f"one of {', '.join(shown(value) for value in values)}"
        case inspect.UnionType() | inspect.Metadata():
            return " or ".join(described(part) for part in _alternatives(kind))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return f"a list, of which each is {described(item)}"
        case inspect.TupleType(item_types=items):
            return f"a list of exactly {len(items)}: {', '.join(map(described, items))}"
        case _:
            return _NOUNS.get(type(kind), "a value of that kind")


_NOUNS: Final[dict[type[inspect.Type], str]] = {
    inspect.BoolType: "true or false",
    inspect.StrType: "a text",
    inspect.CustomType: "a path",
    inspect.DictType: "a table",
    inspect.StructType: "a table",
}


_LIMITS: Final[tuple[tuple[str, Callable[[float, float], bool], str], ...]] = (
    ("ge", operator.lt, "is below"),
    ("gt", operator.le, "is not above"),
    ("lt", operator.ge, "is not below"),
    ("le", operator.gt, "is above"),
)


def _alternatives(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    """The types that `kind` stands for, without null, which no user can write."""
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    parts = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return tuple(part for part in parts if not isinstance(part, inspect.NoneType))


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.ge is not None and kind.le is not None:
        return f" from {kind.ge:g} to {kind.le:g}"
    limits = (
        ("at least", kind.ge),
        ("above", kind.gt),
        ("below", kind.lt),
        ("at most", kind.le),
    )
    said = " and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None)
    return said and " " + said


def _outside(value: object, kind: inspect.Type) -> str:
    """Which limit of `kind` the number `value` breaks; empty if none."""
    if not isinstance(kind, inspect.IntType | inspect.FloatType):
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    for name, breaks, words in _LIMITS:
        limit = getattr(kind, name)
        if limit is not None and breaks(value, limit):
            return f"{words} {limit:g}"
    return ""


def _is_number_text(value: str, kind: inspect.Type) -> bool:
    if not isinstance(kind, inspect.IntType | inspect.FloatType):
        return False
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def _is_finite(value: object) -> bool:
    match value:
        case float():
            return math.isfinite(value)
        case Mapping():
            return all(_is_finite(item) for item in value.values())
        case list() | tuple():
            return all(_is_finite(item) for item in value)
        case _:
            return True
