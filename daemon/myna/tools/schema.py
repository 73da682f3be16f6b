"""JSON Schema as the Live API takes it.

PURE. The server closes the session with 1007 over a keyword that it does not know:
`additionalProperties`, `$schema` and `const` were seen refused. So what msgspec writes,
or an MCP server sends, is reduced to the keywords that both forms of a declaration share,
`parameters` (Gemini API reference, Schema) and `parametersJsonSchema`
(FunctionDeclaration). What is dropped is still checked here before a tool runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, TypeGuard

import msgspec

DEEPEST: Final = 8
"""Levels of a declaration, references included; below them anything is declared.
No speaker of a language fills in more, and a schema may contain itself."""

_TYPES: Final = frozenset({"string", "number", "integer", "boolean", "array", "object"})
_FORMATS: Final = frozenset(
    {"date-time", "date", "time", "duration", "int32", "int64", "float", "double"}
)


def plain_schema(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the schema of `struct`: no references, no null; empty without fields."""
    return reduced(msgspec.json.schema(struct))


def reduced(schema: Mapping[str, Any], words: Callable[[str], str] = str) -> dict[str, Any]:
    """Return what of the JSON Schema of an object can be declared; empty without properties.

    Args:
        schema: Anything that JSON can hold, in a document of its own.
        words: Makes of each description what the model is to read.
    """
    plain = _Reduction(schema, words).of(schema, 0)
    return {**plain, "type": "object"} if plain.get("properties") else {}


@dataclass(frozen=True, slots=True)
class _Reduction:
    """One reduction: the document that references point into, and the words."""

    root: Mapping[str, Any]
    words: Callable[[str], str]

    def of(self, schema: object, depth: int) -> dict[str, Any]:
        if not isinstance(schema, Mapping) or depth > DEEPEST:
            return {}
        depth += 1
        for whole in (self._target(schema), _only(schema.get("allOf"))):
            if whole is not None:
                return {**self.of(whole, depth), **self._kept(schema)}
        choices = _choices(schema)
        if len(choices) == 1:
            return {**self.of(choices[0], depth), **self._kept(schema)}
        plain = self._kept(schema)
        if choices:
            plain["anyOf"] = [self.of(choice, depth) for choice in choices]
        return plain | self._parts(schema, depth)

    def _parts(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """Return what an array or an object consists of."""
        parts: dict[str, Any] = {}
        items, properties = schema.get("items"), schema.get("properties")
        if isinstance(items, Mapping) and "prefixItems" not in schema:
            parts["items"] = self.of(items, depth)
        if isinstance(properties, Mapping) and schema.get("type", "object") == "object":
            required = schema.get("required")
            wanted = required if isinstance(required, list) else []
            parts["type"] = "object"
            parts["properties"] = {name: self.of(properties[name], depth) for name in properties}
            parts["required"] = [name for name in properties if name in wanted]
        return parts

    def _target(self, schema: Mapping[str, Any]) -> object:
        """Return what the schema refers to, within the document only."""
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        target: object = self.root
        for step in filter(None, reference[1:].split("/")):
            name = step.replace("~1", "/").replace("~0", "~")
            target = target.get(name) if isinstance(target, Mapping) else None
        return target

    def _kept(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        kept = {key: schema[key] for key, fits in _KEYWORDS.items() if fits(schema.get(key))}
        texts = _texts(schema)
        if texts:
            kept |= {"type": "string", "enum": texts}
        if "description" in kept:
            kept["description"] = self.words(kept["description"])
        return kept


def _choices(schema: Mapping[str, Any]) -> list[object]:
    """Return between what there is to choose, without null, which no model need send."""
    types = schema.get("type")
    if isinstance(types, list):
        rest = {key: value for key, value in schema.items() if key != "type"}
        return [{**rest, "type": each} for each in types if each != "null"]
    either = schema.get("anyOf", schema.get("oneOf"))
    choices = either if isinstance(either, list) else []
    return [choice for choice in choices if not _is_null(choice)]


def _only(schemas: object) -> object:
    return schemas[0] if isinstance(schemas, list) and len(schemas) == 1 else None


def _is_null(schema: object) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"


def _texts(schema: Mapping[str, Any]) -> list[str]:
    """Return the texts that alone are allowed; the enum of a declaration knows no others."""
    allowed = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(allowed, list):
        return []
    texts = [text for text in allowed if isinstance(text, str)]
    return texts if all(isinstance(text, str) or text is None for text in allowed) else []


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_KEYWORDS: Final[Mapping[str, Callable[[object], bool]]] = {
    "type": lambda value: isinstance(value, str) and value in _TYPES,
    "format": lambda value: isinstance(value, str) and value in _FORMATS,
    "description": _is_text,
    "minimum": _is_number,
    "maximum": _is_number,
    "minItems": _is_count,
    "maxItems": _is_count,
}
