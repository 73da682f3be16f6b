from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from myna.errors import McpServerError
from myna.mcp_servers.arguments import SchemaArguments
from myna.mcp_servers.choosing import Listed, chosen
from myna.mcp_servers.settings import McpServerSettings
from myna.tools.arguments import ArgumentsError
from myna.tools.registry import Registry
from support.json_schemas import ARGUMENTS, DOCUMENTS, Schema


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS, ARGUMENTS)
def test_check_takes_all_that_the_schema_takes_and_passes_nothing_else_on(
    schema: Schema, arguments: dict[str, Any]
) -> None:
    judge = Draft202012Validator(schema)
    try:
        passed = SchemaArguments(schema).check(arguments)
    except ArgumentsError:
        assert not judge.is_valid(arguments)
    else:
        assert judge.is_valid(passed)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, ARGUMENTS)
def test_nothing_outside_the_schema_reaches_the_server(
    schema: Schema, arguments: dict[str, Any]
) -> None:
    reached: list[dict[str, object]] = []

    async def call(_name: str, arguments: dict[str, object]) -> Mapping[str, Any]:
        reached.append(arguments)
        return {"content": []}

    listed = Listed("tool", "Do it.", schema)
    tools = chosen([listed], McpServerSettings(allow=("*",)), call).tools
    answer = asyncio.run(Registry(tools).call("tool", arguments))
    judge = Draft202012Validator(schema)
    assert all(judge.is_valid(each) for each in reached)
    assert answer.is_ok == bool(reached)
    assert bool(reached) >= judge.is_valid(arguments)


def check(properties: dict[str, Any], **arguments: object) -> dict[str, object]:
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return SchemaArguments(schema).check(arguments)


@pytest.mark.parametrize(
    ("kind", "sent", "read"),
    [
        ({"type": "integer"}, "50", 50),
        ({"type": "integer"}, 50.0, 50),
        ({"type": "number"}, "1.5", 1.5),
        ({"type": "boolean"}, "true", True),
        ({"type": "string"}, "50", "50"),
        ({"type": ["integer", "null"]}, "50", 50),
        ({"type": "array", "items": {"type": "integer"}}, ["1", 2.0], [1, 2]),
        ({"properties": {"n": {"type": "integer"}}}, {"n": "1", "o": "1"}, {"n": 1, "o": "1"}),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, "50", "50"),
        ({"type": "integer", "enum": [1.0]}, 1, 1),
        ({"const": "7"}, "7", "7"),
    ],
)
def test_check_reads_what_is_clear(kind: Any, sent: object, read: object) -> None:  # noqa: ANN401
    value = check({"value": kind}, value=sent)["value"]
    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize(
    ("properties", "arguments", "told"),
    [
        ({"n": {"type": "integer"}}, {"n": "many"}, "n: 'many' is not of type 'integer'"),
        ({"n": {"type": "integer"}}, {"n": 1.5}, "n: 1.5 is not of type 'integer'"),
        ({"on": {}}, {"off": 1}, "Additional properties are not allowed ('off' was unexpected)"),
        ({"n": {}}, {"n": math.nan}, "a number must be finite"),
        ({"n": {"items": {}}}, {"n": [math.inf]}, "a number must be finite"),
        ({"t": {"maxLength": 3}}, {"t": "a\nb" * 999}, "t: 'a\\nba\\nb"),
        ({"a": {"const": 2}, "b": {"enum": [3]}}, {"a": 1, "b": 1}, "a: 2 was expected; b: 1 is"),
    ],
)
def test_check_says_all_that_is_wrong_in_short(
    properties: dict[str, Any], arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(ArgumentsError) as caught:
        check(properties, **arguments)
    assert str(caught.value).startswith(told)
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()


def test_check_names_no_more_than_a_few_problems() -> None:
    names = [f"n{number}" for number in range(50)]
    with pytest.raises(ArgumentsError) as caught:
        check(dict.fromkeys(names, False), **dict.fromkeys(names, 1))
    assert str(caught.value).count(";") == 5


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "https://127.0.0.1:9/schema"},
        {"$ref": "#/$defs/nowhere"},
        {
            "$ref": "#/$defs/n0",
            "$defs": {f"n{n}": {"allOf": [{"$ref": f"#/$defs/n{n + 1}"}] * 2} for n in range(15)}
            | {"n15": {}},
        },
    ],
    ids=["itself", "elsewhere", "nowhere", "doubling"],
)
def test_check_ends_whatever_a_schema_refers_to(schema: Schema) -> None:
    with pytest.raises(ArgumentsError, match="has no end"):
        SchemaArguments(schema).check({})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"pattern": "(a+)+$"}}},
        {"patternProperties": {"^(x*)*$": {}}},
        {"allOf": [{"properties": {"a": {"pattern": "(a|b+){2,}"}}}]},
        {"properties": {"a": {"pattern": "("}}},
        {"type": 7},
        {"required": "on"},
    ],
)
def test_schema_that_is_none_or_not_safe_is_refused(schema: Schema) -> None:
    with pytest.raises(McpServerError, match="its schema "):
        SchemaArguments(schema)


def test_nothing_is_fetched_that_a_schema_refers_to(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[object] = []
    monkeypatch.setattr("urllib.request.urlopen", fetched.append)
    with pytest.raises(ArgumentsError, match="has no end"):
        SchemaArguments({"$ref": "https://127.0.0.1:9/schema"}).check({})
    assert fetched == []


def nested(depth: int) -> Schema:
    schema: Schema = {}
    for _ in range(depth):
        schema = {"not": schema}
    return schema


def test_nesting_has_a_limit_and_is_borne_up_to_it() -> None:
    def deep_down(frames: int) -> None:
        if frames:
            deep_down(frames - 1)
        else:
            SchemaArguments(nested(30)).check({})

    deep_down(200)
    with pytest.raises(McpServerError, match="more than 32 levels"):
        SchemaArguments(nested(500))
    with pytest.raises(ArgumentsError, match="32 levels"):
        SchemaArguments({}).check(nested(500))


def test_property_called_pattern_is_like_any_other() -> None:
    assert check({"pattern": {"type": "integer"}}, pattern="1") == {"pattern": 1}


def test_depth_counts_references_that_are_open_and_no_others() -> None:
    never = {"not": {"$ref": "#/$defs/text"}}
    schema = {"$defs": {"text": {"type": "string"}}, "properties": {"n": {"items": never}}}
    assert SchemaArguments(schema).check({"n": [1] * 99}) == {"n": [1] * 99}


def test_older_drafts_are_checked_as_they_were_meant() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"n": {"type": "integer"}},
        "properties": {"n": {"$ref": "#/definitions/n"}},
    }
    assert SchemaArguments(schema).check({"n": "1"}) == {"n": 1}
    with pytest.raises(ArgumentsError):
        SchemaArguments(schema).check({"n": "one"})
    beside = {"$ref": "#/definitions/t", "type": "integer"}  # which draft 7 does not heed
    text = {**schema, "definitions": {"t": {"type": "string"}}, "properties": {"n": beside}}
    assert SchemaArguments(text).check({"n": "1"}) == {"n": "1"}


def test_canonical_is_the_same_for_equal_calls() -> None:
    arguments = SchemaArguments({"type": "object"})
    assert arguments.canonical({"b": 1, "a": 2.0}) == arguments.canonical({"a": 2, "b": 1.0})
    assert arguments.canonical({"a": 1}) != arguments.canonical({"a": 2})
