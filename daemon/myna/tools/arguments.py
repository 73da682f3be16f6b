"""Check what the model sent against what a tool takes.

PURE. Numbers reach us as protobuf Struct values, so 50 may come as 50.0; and models
write "50" and "true". What is clear is taken, everything else refused by name, all at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from myna.values import UnfitError, fit

_EXACT: Final = 2**53
"""Up to here every whole number is one as a float, too."""


class Arguments(Protocol):
    """What the arguments of a tool must fit."""

    def check(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """Return the values that the tool is run with.

        Raises:
            ArgumentsError: They do not fit.
        """
        ...

    def canonical(self, values: Mapping[str, object]) -> str:
        """Write checked values in one way only, so that equal calls are known as such."""
        ...


class ArgumentsError(ValueError):
    """The arguments do not fit; the text tells the model what to change."""


@dataclass(frozen=True, slots=True)
class StructArguments:
    """The arguments of a Python function.

    Attributes:
        struct: One field for each.
    """

    struct: type[msgspec.Struct]

    def check(self, arguments: Mapping[str, object]) -> dict[str, object]:
        """See `Arguments.check`."""
        return checked_arguments(self.struct, arguments)

    def canonical(self, values: Mapping[str, object]) -> str:
        """See `Arguments.canonical`: defaults are filled in."""
        plain = msgspec.to_builtins(
            self.struct(**values), str_keys=True, enc_hook=str, order="deterministic"
        )
        return canonical(plain)


def canonical(plain: object) -> str:
    """Write plain values in one way only: keys in order, 1.0 as 1."""
    return json.dumps(_whole(plain), sort_keys=True)


def checked_arguments(
    struct: type[msgspec.Struct], arguments: Mapping[str, object]
) -> dict[str, object]:
    """Return the values of `arguments` as `struct` types them; defaults are left out.

    Raises:
        ArgumentsError: With everything that is wrong.
    """
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    problems = [
        f"there is no argument {name!r}; it takes {', '.join(fields) or 'no arguments'}"
        for name in arguments
        if name not in fields
    ]
    values: dict[str, object] = {}
    for name, field in fields.items():
        if name in arguments:
            try:
                values[name] = fit(arguments[name], field.type, is_lax=True)
            except UnfitError as error:
                problems.append(f"{name}: {error}")
            except RecursionError:
                problems.append(f"{name}: is too deep")
        elif field.required:
            problems.append(f"{name}: is missing")
    if problems:
        raise ArgumentsError("; ".join(problems))
    return values


def _whole(value: object) -> object:
    match value:
        case float() if value.is_integer() and abs(value) < _EXACT:
            return int(value)
        case dict():
            return {key: _whole(item) for key, item in value.items()}
        case list() | tuple():
            return [_whole(item) for item in value]
        case _:
            return value
