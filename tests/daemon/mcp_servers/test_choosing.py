from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from myna.mcp_servers.choosing import Chosen, Listed, chosen
from myna.mcp_servers.settings import McpServerSettings
from myna.tools.registry import Registry

LAMP: Mapping[str, Any] = {
    "type": "object",
    "properties": {"on": {"type": "boolean", "description": "true\x07\n  lights it " + "x" * 500}},
    "required": ["on"],
}
NAMES = ("HassTurnOn", "HassTurnOff", "HassUnlock", "GetLiveContext")


async def no_call(_name: str, _arguments: dict[str, object]) -> Mapping[str, Any]:
    raise AssertionError


def listing(*names: str, **changes: Any) -> list[Listed]:  # noqa: ANN401 - of any field
    return [Listed(name, "Does it.", LAMP, **changes) for name in names]


def chosen_of(listed: list[Listed], **settings: Any) -> Chosen:  # noqa: ANN401 - of any key
    return chosen(listed, McpServerSettings(**settings), no_call)


@pytest.mark.parametrize(
    ("allow", "names"),
    [
        ((), []),
        (("HassTurnOn",), ["HassTurnOn"]),
        (("HassTurn*",), ["HassTurnOn", "HassTurnOff"]),
        (("hassturnon", "Nothing"), []),
        (("*",), list(NAMES)),
    ],
)
def test_nothing_is_offered_that_is_not_allowed(allow: tuple[str, ...], names: list[str]) -> None:
    assert [tool.name for tool in chosen_of(listing(*NAMES), allow=allow).tools] == names


@pytest.mark.parametrize(
    ("settings", "is_destructive", "risk"),
    [
        ({}, False, "safe"),
        ({}, True, "confirm"),
        ({"confirm": ("Hass*",)}, False, "confirm"),
        ({"never_by_voice": ("HassUnlock",)}, False, "never-by-voice"),
        ({"never_by_voice": ("*",), "confirm": ("*",)}, True, "never-by-voice"),
        ({"risk": "confirm"}, False, "confirm"),
        ({"risk": "never-by-voice"}, True, "never-by-voice"),
        ({"risk": "never-by-voice", "confirm": ("*",)}, False, "never-by-voice"),
    ],
)
def test_risk_is_what_the_owner_says_or_more(
    settings: dict[str, Any], is_destructive: bool, risk: str
) -> None:
    listed = listing("HassUnlock", is_destructive=is_destructive)
    (tool,) = chosen_of(listed, allow=("*",), **settings).tools
    assert tool.risk == risk


def test_limits_and_name_are_the_owners() -> None:
    (tool,) = chosen_of(
        listing("Get Context"),
        allow=("*",),
        reading=("Get*",),
        timeout_s=3.0,
        per_minute=5,
        prefix="home_",
    ).tools
    assert (tool.name, tool.timeout_s, tool.per_minute) == ("home_Get_Context", 3.0, 5)
    assert tool.is_reading


def test_words_of_a_server_are_plain_and_short() -> None:
    long = Listed("lamp", "Switch\x1b[31m it.\n\n" + "x" * 9000, LAMP)
    (tool,) = chosen_of([long], allow=("*",)).tools
    assert tool.declaration.description.startswith("Switch [31m it. xxx")
    assert len(tool.declaration.description) == 1024
    (described,) = tool.declaration.parameters["properties"].values()  # type: ignore[attr-defined]
    assert described["description"].startswith("true lights it xxx")
    assert len(described["description"]) == 256


def test_tool_without_words_is_described_by_its_name() -> None:
    (tool,) = chosen_of([Listed("lamp", "\x00", {})], allow=("*",)).tools
    assert (tool.declaration.description, tool.declaration.parameters) == ("lamp", {})


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "obj"}, "its schema is none: 'obj' is not valid"),
        ({"properties": {"a": {"type": "string", "pattern": "(a+)+$"}}}, "may take for ever"),
        (
            {"properties": {f"{n}": {"description": "x" * 200} for n in range(99)}},
            "too many",
        ),
    ],
)
def test_unfit_tool_is_left_out_and_named_and_costs_no_other(
    schema: dict[str, Any], why: str
) -> None:
    choice = chosen_of([Listed("bad", "", schema), *listing("good")], allow=("*",))
    assert [tool.name for tool in choice.tools] == ["good"]
    (unfit,) = choice.unfit
    assert unfit.startswith("bad: ")
    assert why in unfit


async def test_call_goes_to_the_servers_own_name() -> None:
    calls: list[tuple[str, dict[str, object]]] = []

    async def call(name: str, arguments: dict[str, object]) -> Mapping[str, Any]:
        calls.append((name, arguments))
        return {"content": [{"type": "text", "text": "lit"}]}

    settings = McpServerSettings(allow=("*",), prefix="home_")
    registry = Registry(chosen(listing("Turn on"), settings, call).tools)
    answer = await registry.call("home_Turn_on", {"on": "true"})
    assert answer.response == {"output": {"text": "lit"}}
    assert calls == [("Turn on", {"on": True})]
