"""Strategies for JSON Schemas as servers write them, and for what a model may send."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]

NAMES = st.sampled_from(["on", "level", "self", "a-b", "$ref", "type"])
SCALARS = st.sampled_from(
    [None, True, False, 0, 1, 7, 50.0, 1.5, -3, "", "on", "50", "true", "7.0", "null", "x" * 9]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
ARGUMENTS = st.dictionaries(NAMES, VALUES, max_size=4)

_LEAVES: st.SearchStrategy[Schema] = st.sampled_from(
    [
        {"type": "boolean"},
        {"type": "integer"},
        {"type": "integer", "minimum": 0, "maximum": 10},
        {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
        {"type": "string", "description": "Which.", "maxLength": 4, "title": "Which"},
        {"type": "string", "pattern": "^o", "format": "uri"},
        {"type": ["string", "null"], "default": None},
        {"type": ["integer", "string", "boolean"]},
        {"enum": ["on", "off"]},
        {"type": "string", "enum": ["on", None]},
        {"enum": [1, "on", None]},
        {"const": "on"},
        {"const": 7},
        {"type": "null"},
        {"not": {"type": "string"}},
        {},
        {"$ref": "#/$defs/node"},
        {"$ref": "#/$defs/on~1off"},
    ]
)


def _larger(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    some = st.lists(inner, min_size=1, max_size=2)
    return st.one_of(
        objects(inner),
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": inner},
            optional={"minItems": st.integers(0, 1), "maxItems": st.integers(1, 2)},
        ),
        st.fixed_dictionaries({"type": st.just("array"), "prefixItems": some, "items": inner}),
        *(st.fixed_dictionaries({key: some}) for key in ("anyOf", "oneOf", "allOf")),
    )


def objects(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    """Return schemas of objects whose properties are as `inner`."""
    return st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(NAMES, inner, max_size=3)},
        optional={
            "required": st.lists(NAMES, max_size=2, unique=True),
            "additionalProperties": st.sampled_from([True, False, {"type": "string"}]),
        },
    )


def _as_document(schema: Schema) -> Schema:
    node = {"type": "object", "properties": {"on": {"$ref": "#/$defs/node"}}}
    definitions = {"node": node, "on/off": {"enum": ["on", "off"]}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions,
    } | schema


DOCUMENTS = objects(st.recursive(_LEAVES, _larger, max_leaves=5)).map(_as_document)
"""What a server may send as the schema of a tool's arguments."""
