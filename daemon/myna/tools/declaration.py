"""What the model is told of a tool, made from a Python function.

PURE. The signature gives names, types and limits, the docstring the words.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias, get_type_hints

import msgspec

from myna.tools.docstring import Documented, parse_docstring
from myna.tools.schema import plain_schema

Behavior: TypeAlias = Literal["BLOCKING", "NON_BLOCKING"]
"""Whether the model waits for the answer (Live API reference, FunctionDeclaration)."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One tool, as the model sees it.

    Attributes:
        name: What the model calls.
        description: What it does and when to use it.
        parameters: A JSON Schema object in the few keywords that the Live API takes;
            empty for a tool without arguments.
        behavior: What the tool is made for; a model that does not know the field, or takes
            one value only, is told otherwise (`live.profiles`).
    """

    name: str
    description: str
    parameters: Mapping[str, object]
    behavior: Behavior = "BLOCKING"


def declare(
    function: Callable[..., object], notes: str = ""
) -> tuple[Declaration, type[msgspec.Struct]]:
    """Make the declaration of `function` and the Struct that its arguments must fit.

    Args:
        function: Every parameter annotated, and described in its docstring.
        notes: What else the model must know, known only at run time.

    Raises:
        TypeError: The function is not fully annotated and described.
    """
    name: str = getattr(function, "__name__", "")
    documented = parse_docstring(function.__doc__ or "")
    if not name.isidentifier() or not documented.description:
        raise TypeError(f"a tool needs a name and a docstring: {function!r}")
    arguments = _arguments(function, name, documented)
    description = "\n".join(filter(None, (documented.description, notes)))
    return Declaration(name, description, plain_schema(arguments)), arguments


def _arguments(
    function: Callable[..., object], name: str, documented: Documented
) -> type[msgspec.Struct]:
    parameters = inspect.signature(function).parameters
    hints = get_type_hints(function, include_extras=True)
    strays = parameters.keys() ^ documented.arguments.keys()
    untyped = parameters.keys() - hints.keys()
    if strays or untyped:
        raise TypeError(f"tool {name}: annotate and describe {', '.join(sorted(strays | untyped))}")
    fields = [_field(parameters[key], hints[key], documented.arguments[key]) for key in parameters]
    return msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True, frozen=True)


def _field(parameter: inspect.Parameter, hint: object, description: str) -> tuple[str, Any, Any]:
    meta = msgspec.Meta(description=description)
    described = Annotated[hint, meta]  # type: ignore[valid-type]  # known at run time only
    is_required = parameter.default is inspect.Parameter.empty
    return parameter.name, described, msgspec.NODEFAULT if is_required else parameter.default
