from __future__ import annotations

from myna.tools.rules import ToolRule
from myna.tools.shelf import Offered, Shelf
from myna.tools.tool import Result, Tool


def act() -> Result:
    """Act."""
    return {}


def tools(*names: str, per_minute: int = 2, is_reading: bool = False) -> list[Tool]:
    return [
        Tool.from_function(act, name=name, per_minute=per_minute, is_reading=is_reading)
        for name in names
    ]


def names(shelf: Shelf[str]) -> list[str]:
    return [f"{offered.source}/{offered.tool.name}" for offered in shelf]


def found(shelf: Shelf[str], name: str) -> Offered[str]:
    offered = shelf.find(name)
    assert offered is not None
    return offered


def test_shelf_keeps_the_order_in_which_tools_were_offered() -> None:
    shelf: Shelf[str] = Shelf({})
    assert shelf.offer("myna", tools("b", "a")) == []
    assert shelf.offer("mcp", tools("c")) == []
    assert names(shelf) == ["myna/b", "myna/a", "mcp/c"]


def test_shelf_replaces_what_a_source_offered_and_leaves_others_alone() -> None:
    shelf: Shelf[str] = Shelf({})
    shelf.offer("myna", tools("a"))
    shelf.offer("mcp", tools("b", "c"))
    assert shelf.offer("mcp", tools("c", "d")) == []
    assert names(shelf) == ["myna/a", "mcp/c", "mcp/d"]
    assert shelf.find("b") is None
    assert shelf.offer("mcp", ()) == []
    assert names(shelf) == ["myna/a"]


def test_shelf_refuses_a_name_that_is_taken_and_takes_the_rest() -> None:
    shelf: Shelf[str] = Shelf({})
    shelf.offer("myna", tools("set_volume"))
    assert shelf.offer("mcp", tools("set_volume", "b", "b")) == ["set_volume", "b"]
    assert names(shelf) == ["myna/set_volume", "mcp/b"]


def test_shelf_obeys_the_rules_for_tools_of_every_source() -> None:
    rules = {"a": ToolRule(is_offered=False), "b": ToolRule(per_minute=9)}
    shelf: Shelf[str] = Shelf(rules)
    assert shelf.offer("mcp", tools("a", "b")) == []
    assert names(shelf) == ["mcp/b"]
    assert found(shelf, "b").tool.per_minute == 9


def test_shelf_tells_which_rules_have_no_tool() -> None:
    rules = {"set_ouput": ToolRule(risk="confirm"), "a": ToolRule(), "b": ToolRule()}
    shelf: Shelf[str] = Shelf(rules)
    shelf.offer("myna", tools("a"))
    assert shelf.idle_rules == ["b", "set_ouput"]
    shelf.offer("mcp", tools("a", "b"))
    shelf.offer("mcp", ())
    assert shelf.idle_rules == ["set_ouput"], "it was seen once: the rule is no mistake"


def test_source_that_comes_and_goes_gains_no_new_allowance() -> None:
    shelf: Shelf[str] = Shelf({})
    shelf.offer("mcp", tools("a"))
    for now_s in (0.0, 1.0):
        shelf.offer("mcp", tools("a"))
        assert found(shelf, "a").allowance.take(now_s) == 0
    shelf.offer("mcp", ())
    shelf.offer("mcp", tools("a", "b"))
    assert found(shelf, "a").allowance.take(2.0) == 58
    assert found(shelf, "b").allowance.take(2.0) == 0


def test_source_that_comes_and_goes_is_still_remembered_for_what_it_did() -> None:
    shelf: Shelf[str] = Shelf({})

    shelf.offer("mcp", tools("a"))
    memory = found(shelf, "a").memory
    assert memory is not None
    memory.begin(("a", "{}"), "earlier", 0.0).end(1.0, {})
    shelf.offer("mcp", ())
    shelf.offer("mcp", tools("a"))
    again = found(shelf, "a").memory
    assert again is not None
    run = again.recall(("a", "{}"), 2.0)
    assert run is not None
    assert run.what == "earlier"


def test_name_that_another_source_takes_over_has_no_past() -> None:
    shelf: Shelf[str] = Shelf({})
    shelf.offer("one", tools("a"))
    assert [found(shelf, "a").allowance.take(0.0) for _ in range(3)] == [0, 0, 60]
    shelf.offer("one", ())
    shelf.offer("two", tools("a"))
    assert found(shelf, "a").allowance.take(0.0) == 0


def test_tool_with_another_limit_has_no_past() -> None:
    shelf: Shelf[str] = Shelf({})
    shelf.offer("mcp", tools("a", per_minute=1))
    found(shelf, "a").allowance.take(0.0)
    shelf.offer("mcp", tools("a", per_minute=2))
    assert found(shelf, "a").allowance.take(0.0) == 0


def test_tools_that_act_share_a_memory_unless_their_effect_can_be_read_back() -> None:
    shelf: Shelf[str] = Shelf({})
    reading = tools("c", is_reading=True)
    standing = Tool.from_function(act, name="d", stands=lambda _result: True)
    shelf.offer("myna", [*tools("a", "b"), *reading, standing])
    a, b, c, d = (found(shelf, name).memory for name in "abcd")
    assert a is b
    assert c is None
    assert d is not None
    assert d is not a


def test_tool_that_acts_from_now_on_is_remembered_from_now_on() -> None:
    shelf: Shelf[str] = Shelf({})
    shelf.offer("mcp", tools("a", is_reading=True))
    shelf.offer("mcp", tools("a"))
    assert found(shelf, "a").memory is not None
    shelf.offer("mcp", tools("a", is_reading=True))
    assert found(shelf, "a").memory is None
