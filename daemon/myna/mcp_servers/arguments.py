"""Check what the model sent against the JSON Schema of a server's tool.

PURE. The whole schema counts, also what of it cannot be declared. Nothing outside of it
is looked up, and what would keep the speaker from everything else is refused: patterns
that can take for ever, references without an end, and nesting that no stack bears.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from jsonschema import Draft202012Validator, SchemaError, ValidationError
from jsonschema.validators import extend, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from myna.errors import McpServerError
from myna.tools.arguments import ArgumentsError, canonical
from myna.tools.schema import reduced
from myna.values import UnfitError, fit

DEEPEST: Final = 32
"""Levels of a schema, of arguments, and of references within references. jsonschema walks
all three by recursion, and a stack that ends within its Rust part ends the process."""

MOST_REFERENCES: Final = 10_000
"""Followed in one check; a schema that doubles itself at each level needs more."""

_MOST_TOLD: Final = 6
_LONGEST_TOLD: Final = 200
_ENDLESS: Final = re.compile(r"\([^()]*[+*}][^()]*\)\s*[+*{]")
"""A repeated group that itself repeats: `re` may try every way to split a text."""


class _EndlessError(Exception):
    """References lead to more references."""


class SchemaArguments:
    """The arguments of a tool of a server.

    Args:
        schema: Its `inputSchema`.

    Raises:
        McpServerError: It is no schema, or one that is not safe to check.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._declared = reduced(schema)
        self._references = self._depth = 0
        if _is_deep(schema):
            raise McpServerError(f"its schema has more than {DEEPEST} levels")
        kind = validator_for(schema, default=Draft202012Validator)
        try:
            kind.check_schema(schema)
            endless = next(filter(_ENDLESS.search, _patterns(schema)), None)
        except (SchemaError, re.error) as error:
            text = f"its schema is none: {_cut(getattr(error, 'message', str(error)))}"
            raise McpServerError(text) from error
        if endless is not None:
            raise McpServerError(f"its schema has a pattern that may take for ever: {endless!r}")
        keyword = kind.VALIDATORS.get("$ref")
        counted = {"$ref": self._counted(keyword)} if keyword is not None else {}
        self._validator = extend(kind, counted)(schema, registry=Registry())

    def check(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """See `myna.tools.arguments.Arguments.check`."""
        if _is_deep(arguments):
            raise ArgumentsError(f"there may be {DEEPEST} levels, not more")
        meant = {key: _meant(value, self._part(key)) for key, value in arguments.items()}
        problems = self._problems(meant)
        if not problems:
            return meant
        if not self._problems(arguments):
            return dict(arguments)
        raise ArgumentsError("; ".join(problems))

    def canonical(self, values: Mapping[str, object]) -> str:
        """See `myna.tools.arguments.Arguments.canonical`."""
        return canonical(dict(values))

    def _part(self, key: str) -> Mapping[str, Any]:
        part: Mapping[str, Any] = self._declared.get("properties", {}).get(key, {})
        return part

    def _problems(self, arguments: Mapping[str, object]) -> list[str]:
        self._references = self._depth = 0
        values = dict(arguments)
        try:
            json.dumps(values, allow_nan=False)
            errors = self._validator.iter_errors(values)
            return [_told(error) for error in islice(errors, _MOST_TOLD)]
        except (Unresolvable, _EndlessError) as error:
            raise ArgumentsError("the server's own description of them has no end") from error
        except ValueError as error:
            raise ArgumentsError("a number must be finite") from error

    def _counted(self, keyword: Any) -> Any:  # noqa: ANN401 - as jsonschema has it
        def follow(
            validator: Any,  # noqa: ANN401
            reference: object,
            instance: object,
            schema: object,
        ) -> Iterator[ValidationError]:
            self._references += 1
            if self._references > MOST_REFERENCES or self._depth > DEEPEST:
                raise _EndlessError
            self._depth += 1
            try:
                yield from keyword(validator, reference, instance, schema) or ()
            finally:
                self._depth -= 1

        return follow


def _meant(value: object, declared: Mapping[str, Any]) -> object:
    """Read what is clear: "50" and 50.0 for a whole number, "true" for a yes."""
    match value:
        case Mapping():
            parts = declared.get("properties", {})
            return {key: _meant(item, parts.get(key, {})) for key, item in value.items()}
        case list():
            return [_meant(item, declared.get("items", {})) for item in value]
        case str() | float():
            return _scalar(value, declared.get("type"))
        case _:
            return value


def _scalar(value: str | float, kind: object) -> object:
    wanted = _SCALARS.get(kind) if isinstance(kind, str) else None
    if wanted is None:
        return value
    try:
        return fit(value, wanted, is_lax=True)
    except UnfitError:
        return value


_SCALARS: Final[Mapping[str, type]] = {"integer": int, "number": float, "boolean": bool}


def _told(error: ValidationError) -> str:
    where = error.json_path.removeprefix("$").removeprefix(".")
    return _cut(f"{where}: {error.message}" if where else error.message)


def _cut(text: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text[: _LONGEST_TOLD + 1])
    return plain if len(plain) <= _LONGEST_TOLD else plain[: _LONGEST_TOLD - 1] + "…"


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [part for each in level for part in _parts(each)]
    return bool(level)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def _patterns(schema: object) -> Iterator[str]:
    """Yield every regular expression in `schema`."""
    if isinstance(schema, Mapping):
        pattern, named = schema.get("pattern"), schema.get("patternProperties")
        if isinstance(pattern, str):
            yield pattern
        if isinstance(named, Mapping):
            yield from named
    for part in _parts(schema):
        yield from _patterns(part)
