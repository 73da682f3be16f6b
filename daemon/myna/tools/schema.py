"""JSON Schema as the Live API takes it.

PURE. The server closes the session with 1007 over a keyword that it does not know:
`additionalProperties`, `$schema` and `const` were seen refused. So what msgspec writes
is reduced to the keywords that both forms of a declaration share, `parameters` (Gemini
API reference, Schema) and `parametersJsonSchema` (FunctionDeclaration). What is dropped
is still checked here before a tool runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

_KEYWORDS: Final = frozenset(
    {"type", "format", "description", "enum", "minimum", "maximum", "minItems", "maxItems"}
)


def plain_schema(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the schema of `struct`: no references, no null; empty without fields."""
    (reference,), definitions = msgspec.json.schema_components([struct], ref_template="{name}")
    schema = _plain(reference, definitions)
    return schema if schema["properties"] else {}


def _plain(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        schema = {**definitions[schema["$ref"]], **schema}
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        return {**_plain(choices[0], definitions), **_kept(schema)}
    plain = _kept(schema)
    if choices:
        plain["anyOf"] = [_plain(choice, definitions) for choice in choices]
    if "items" in schema:
        plain["items"] = _plain(schema["items"], definitions)
    if "properties" in schema:
        properties = schema["properties"]
        plain["properties"] = {name: _plain(properties[name], definitions) for name in properties}
        plain["required"] = list(schema.get("required", ()))
    return plain


def _kept(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key in _KEYWORDS}
