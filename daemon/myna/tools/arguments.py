"""Check what the model sent against what a tool takes.

PURE. Numbers reach us as protobuf Struct values, so 50 may come as 50.0; and models
write "50" and "true". What is clear is taken, everything else refused by name, all at once.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from myna.values import UnfitError, fit


class ArgumentsError(ValueError):
    """The arguments do not fit; the text tells the model what to change."""


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
        elif field.required:
            problems.append(f"{name}: is missing")
    if problems:
        raise ArgumentsError("; ".join(problems))
    return values
