"""Schemas of others, reduced to what a session can declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from myna.tools.schema import DEEPEST, reduced
from support.json_schemas import ARGUMENTS, DOCUMENTS, Schema

ALLOWED = {
    *("type", "format", "description", "enum", "minimum", "maximum", "minItems", "maxItems"),
    *("anyOf", "items", "properties", "required"),
}
TYPES = {"string", "number", "integer", "boolean", "array", "object"}


def schemas_in(schema: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[Schema, int]]:
    """Yield every schema within a reduced one, with its depth."""
    yield dict(schema), depth
    parts = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    for part in [*parts, *([schema["items"]] if "items" in schema else [])]:
        yield from schemas_in(part, depth + 1)


def has_null(value: object) -> bool:
    match value:
        case Mapping():
            return any(map(has_null, value.values()))
        case list():
            return any(map(has_null, value))
        case _:
            return value is None


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS)
def test_reduced_has_the_keywords_that_the_live_api_takes_and_no_others(document: Schema) -> None:
    for schema, depth in schemas_in(reduced(document)):
        assert schema.keys() <= ALLOWED
        assert depth <= DEEPEST + 1
        assert schema.get("type", "string") in TYPES
        assert all(isinstance(text, str) for text in schema.get("enum", ()))
        assert set(schema.get("required", ())) <= schema.get("properties", {}).keys()
        assert "enum" not in schema or schema["enum"]


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS, ARGUMENTS)
def test_reduced_forbids_nothing_that_was_allowed(document: Schema, value: Any) -> None:  # noqa: ANN401
    if Draft202012Validator(document).is_valid(value) and not has_null(value):
        assert Draft202012Validator(reduced(document)).is_valid(value)


@pytest.mark.parametrize(
    ("part", "declared"),
    [
        ({"type": "integer", "exclusiveMinimum": 0, "title": "N"}, {"type": "integer"}),
        ({"$ref": "#/$defs/n", "description": "N."}, {"type": "integer", "description": "N."}),
        ({"$ref": "#/$defs/a~1b"}, {"type": "boolean"}),
        ({"$ref": "#/$defs/nowhere/deeper"}, {}),
        ({"$ref": "https://elsewhere.example/"}, {}),
        ({"allOf": [{"$ref": "#/$defs/n"}]}, {"type": "integer"}),
        ({"allOf": [{"type": "integer"}, {"minimum": 1}]}, {}),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, {"type": "integer"}),
        ({"type": ["string", "null"], "format": "date"}, {"type": "string", "format": "date"}),
        (
            {"oneOf": [{"type": "integer"}, {"const": "auto"}]},
            {"anyOf": [{"type": "integer"}, {"type": "string", "enum": ["auto"]}]},
        ),
        ({"enum": ["a", None]}, {"type": "string", "enum": ["a"]}),
        ({"enum": [1, 2]}, {}),
        ({"const": None}, {}),
        ({"enum": "a"}, {}),
        ({"type": "file", "format": "uri", "minimum": "1", "maxItems": -1, "maximum": True}, {}),
        ({"type": "array", "items": True, "minItems": 1}, {"type": "array", "minItems": 1}),
        ({"type": "array", "items": [{}]}, {"type": "array"}),
        ({"type": "string", "properties": {"a": {}}}, {"type": "string"}),
        (True, {}),
        (
            {"properties": {"a": {}}, "required": "a"},
            {"type": "object", "properties": {"a": {}}, "required": []},
        ),
    ],
)
def test_reduced_keeps_what_can_be_said(part: object, declared: Schema) -> None:
    document = {
        "$defs": {"n": {"type": "integer"}, "a/b": {"type": "boolean"}},
        "properties": {"part": part},
    }
    assert reduced(document)["properties"] == {"part": declared}


def test_reduced_cuts_a_schema_that_contains_itself() -> None:
    deep = reduced({"properties": {"child": {"$ref": "#"}}})
    depths = [depth for _schema, depth in schemas_in(deep)]
    assert DEEPEST / 2 <= max(depths) <= DEEPEST + 1


def test_reduced_without_properties_is_empty() -> None:
    assert reduced({"type": "object", "additionalProperties": True}) == {}


def test_reduced_passes_every_description_through_the_words() -> None:
    document = {"properties": {"a": {"description": "b", "items": {"description": "c"}}}}
    declared = reduced(document, str.upper)
    assert declared["properties"]["a"] == {"description": "B", "items": {"description": "C"}}
