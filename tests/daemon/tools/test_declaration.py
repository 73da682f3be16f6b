from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta, Struct

from myna.tools.declaration import declare
from myna.tools.docstring import parse_docstring
from myna.tools.schema import plain_schema
from myna_hardware.settings import Percent


def dim(
    name: str,
    level: Percent,
    days: list[Literal["mon", "tue"]] | None = None,
    fade_s: Annotated[float, Meta(gt=0, le=10)] = 1.0,
    target: int | str = 0,
) -> None:
    """Dim a thing.

    Slowly, and in the
    background.

    Args:
        name: The thing,
            by its name.
        level: 0 to 100: off to on.
        days: On which days.
        fade_s (float): How long it takes.
        target: Whatever.

    Returns:
        Nothing that matters.
    """


def test_declare_makes_the_schema_of_a_signature() -> None:
    declaration, _arguments = declare(dim)
    assert declaration.name == "dim"
    assert declaration.description == "Dim a thing. Slowly, and in the background."
    assert declaration.parameters == {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "The thing, by its name."},
            "level": {
                "type": "integer",
                "minimum": 0,
                "maximum": 100,
                "description": "0 to 100: off to on.",
            },
            "days": {
                "type": "array",
                "items": {"type": "string", "enum": ["mon", "tue"]},
                "description": "On which days.",
            },
            "fade_s": {"type": "number", "maximum": 10, "description": "How long it takes."},
            "target": {
                "anyOf": [{"type": "integer"}, {"type": "string"}],
                "description": "Whatever.",
            },
        },
        "required": ["name", "level"],
    }


def test_declare_adds_what_is_known_only_at_run_time() -> None:
    declaration, _arguments = declare(dim, "The things: lamp.")
    assert declaration.description.endswith("background.\nThe things: lamp.")


def test_declare_gives_no_parameters_to_a_function_without_arguments() -> None:
    def ping() -> None:
        """Answer."""

    assert declare(ping)[0].parameters == {}


class _Inner(Struct):
    x: int


class _Outer(Struct):
    one: _Inner
    many: tuple[_Inner, ...] = ()
    maybe: Annotated[_Inner | None, Meta(description="if any")] = None


def test_plain_schema_inlines_what_msgspec_refers_to() -> None:
    inner = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
    assert plain_schema(_Outer) == {
        "type": "object",
        "properties": {
            "one": inner,
            "many": {"type": "array", "items": inner},
            "maybe": {**inner, "description": "if any"},
        },
        "required": ["one"],
    }


@pytest.mark.parametrize("refused", ["$ref", "$schema", "additionalProperties", "const", "null"])
def test_declare_writes_nothing_that_the_live_server_refuses(refused: str) -> None:
    assert f'"{refused}"' not in json.dumps(declare(dim)[0].parameters)
    assert f'"{refused}"' not in json.dumps(plain_schema(_Outer))


def _no_docstring(name: str) -> None: ...


def _undescribed(name: str) -> None:
    """Do it."""


def _described_too_much() -> None:
    """Do it.

    Args:
        name: That is not there.
    """


def _untyped(name) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - what is tested
    """Do it.

    Args:
        name: Which.
    """


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (_no_docstring, "a tool needs a name and a docstring"),
        (lambda: None, "a tool needs a name and a docstring"),
        (_undescribed, "annotate and describe name"),
        (_described_too_much, "annotate and describe name"),
        (_untyped, "annotate and describe name"),
    ],
)
def test_declare_refuses_a_function_that_says_too_little(
    function: Callable[..., object], problem: str
) -> None:
    with pytest.raises(TypeError, match=problem):
        declare(function)


def test_declared_arguments_forbid_what_is_unknown() -> None:
    _declaration, arguments = declare(dim)
    with pytest.raises(msgspec.ValidationError, match="unknown field `colour`"):
        msgspec.convert({"name": "a", "level": 1, "colour": "red"}, arguments)


def test_parse_docstring_takes_an_argument_section_before_others() -> None:
    documented = parse_docstring("Do.\n\nArgs:\n    stray words\nRaises:\n    ValueError: Never.\n")
    assert documented.description == "Do."
    assert documented.arguments == {}
