"""Hypothesis strategies for the client's messages, derived from their Structs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st
from msgspec import Struct, inspect

from myna.live.content import Part
from myna.live.messages import RealtimeInput

JSON: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
JSON_OBJECT: Final = st.dictionaries(st.text(), JSON, max_size=4)
ANY_TEXT: Final = st.text(st.characters(exclude_categories=()))
"""With lone surrogates, which are no Unicode text and cannot be sent."""
NO_JSON: Final[st.SearchStrategy[Any]] = (
    st.binary() | st.sets(st.integers()) | st.builds(object) | st.complex_numbers() | ANY_TEXT
)
TOOL_RESULT: Final = st.dictionaries(ANY_TEXT, JSON | NO_JSON | st.lists(NO_JSON), max_size=4)

_OPEN_API: Final = st.sampled_from(
    (
        {"type": "OBJECT"},
        {"type": "OBJECT", "properties": {"days": {"type": "ARRAY", "items": {"type": "STRING"}}}},
        {"type": "OBJECT", "properties": {"on": {"type": "BOOLEAN"}}, "required": ["on"]},
    )
)
_FREE: Final = {"parameters": _OPEN_API}
"""Fields typed as any object that are not any object."""
_ONE_MEMBER: Final = frozenset({Part, RealtimeInput})
"""Structs with exactly one member set: a oneof, or a rule of the server."""

_SCALARS: Final[Mapping[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]]] = {
    inspect.StrType: lambda _: st.text(),
    inspect.BoolType: lambda _: st.booleans(),
    inspect.IntType: lambda _: st.integers(-(2**31), 2**31 - 1),
    inspect.FloatType: lambda _: st.floats(width=32, allow_nan=False, allow_infinity=False),
    inspect.BytesType: lambda _: st.binary(max_size=64),
    inspect.LiteralType: lambda kind: st.sampled_from(kind.values),
    inspect.DictType: lambda _: JSON_OBJECT,
    inspect.VarTupleType: lambda kind: st.lists(_of(kind.item_type), max_size=2).map(tuple),
    inspect.StructType: lambda kind: messages(kind.cls),
    inspect.NoneType: lambda _: st.none(),
    inspect.UnionType: lambda kind: st.one_of(*map(_of, kind.types)),
}


def messages(kind: type[Struct]) -> st.SearchStrategy[Any]:
    """Return a strategy for every value of a Struct that the server could mean."""
    struct = inspect.type_info(kind)
    assert isinstance(struct, inspect.StructType)
    fields = {field.name: _member(field) for field in struct.fields}
    if kind not in _ONE_MEMBER:
        return st.builds(kind, **fields)
    alone = [st.builds(kind, **{name: _present(value)}) for name, value in fields.items()]
    return st.one_of(*alone)


def _member(field: inspect.Field) -> st.SearchStrategy[Any]:
    if field.name in _FREE:
        return st.none() | _FREE[field.name]
    return _of(field.type)


def _present(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return value.filter(lambda given: given is not None)


def _of(kind: inspect.Type) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: _SCALARS[type(kind)](kind))
