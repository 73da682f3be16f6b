from __future__ import annotations

import msgspec
import pytest

from myna.tools.rules import NOTE, ToolRule, ruled
from myna.tools.tool import Result, Risk, Tool


def lock() -> Result:
    """Lock the door."""
    return {}


def tool(risk: Risk = "safe") -> Tool:
    return Tool.from_function(lock, risk=risk, per_minute=7, timeout_s=3)


def test_tool_without_a_rule_stays_as_it_is() -> None:
    given = tool()
    assert ruled(given, None) == given
    assert ruled(given, ToolRule()) == given


def test_tool_that_is_not_offered_is_none() -> None:
    assert ruled(tool(), ToolRule(is_offered=False)) is None


def test_rule_replaces_the_traits_that_it_names_and_no_others() -> None:
    chosen = ruled(tool(), ToolRule(per_minute=2, timeout_s=0.5))
    assert chosen is not None
    assert (chosen.risk, chosen.per_minute, chosen.timeout_s) == ("safe", 2, 0.5)
    chosen = ruled(tool("confirm"), ToolRule(risk="never-by-voice"))
    assert chosen is not None
    assert (chosen.risk, chosen.per_minute, chosen.timeout_s) == ("never-by-voice", 7, 3)


def test_rule_is_stronger_than_a_risk_that_depends_on_the_arguments() -> None:
    chosen = ruled(Tool.from_function(lock, risk=lambda _values: "safe"), ToolRule(risk="confirm"))
    assert chosen is not None
    assert chosen.risk_of({}) == "confirm"


@pytest.mark.parametrize(("given", "rule"), [("confirm", None), ("safe", ToolRule(risk="confirm"))])
def test_model_is_told_of_a_yes_and_does_not_wait_for_it(
    given: Risk, rule: ToolRule | None
) -> None:
    chosen = ruled(tool(given), rule)
    assert chosen is not None
    assert chosen.declaration.description == f"Lock the door.\n{NOTE}"
    assert (chosen.declaration.behavior, chosen.scheduling) == ("NON_BLOCKING", "INTERRUPT")


def test_tool_that_chose_when_the_model_hears_of_it_keeps_that() -> None:
    chosen = ruled(Tool.from_function(lock, risk="confirm", scheduling="SILENT"), None)
    assert chosen is not None
    assert chosen.scheduling == "SILENT"


def test_model_is_told_nothing_of_a_yes_that_the_owner_does_not_want() -> None:
    chosen = ruled(tool("confirm"), ToolRule(risk="safe"))
    assert chosen is not None
    assert chosen.declaration == tool().declaration
    assert chosen.scheduling is None


@pytest.mark.parametrize(
    "rule",
    [
        {"risk": "confrim"},
        {"per_minute": 0},
        {"per_minute": 601},
        {"timeout_s": 0},
        {"timeout_s": 31},
        {"is_ofered": False},
    ],
)
def test_rule_that_would_guard_nothing_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(rule, ToolRule)


@pytest.mark.parametrize(
    ("traits", "problem"),
    [
        ({"risk": "confrim"}, "'confrim' is none of safe, confirm, never-by-voice"),
        ({"per_minute": 0}, "above 0"),
        ({"timeout_s": 0}, "above 0"),
    ],
)
def test_tool_whose_traits_would_guard_nothing_is_refused(
    traits: dict[str, object], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        Tool.from_function(lock, **traits)  # type: ignore[arg-type]  # what is tested
