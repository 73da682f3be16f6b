from __future__ import annotations

from typing import Any

from myna.trace import EventName
from myna.view import TEXT_LIMIT, TOOL_CALLS, View


def view_of(*events: tuple[EventName, dict[str, Any]]) -> dict[str, Any]:
    view = View("idle")
    for event, fields in events:
        view.note(0.0, event, fields)
    return view.content()


def said(who: EventName, text: str) -> tuple[EventName, dict[str, Any]]:
    return who, {"text": text}


def test_view_begins_with_the_lights_as_they_are() -> None:
    assert view_of() == {"lights": "idle", "user_text": "", "reply_text": "", "tools": []}
    assert view_of(("ready", {}))["lights"] == "idle"
    assert view_of(("lights", {"pattern": "listening"}))["lights"] == "listening"


def test_view_shows_the_words_of_one_turn() -> None:
    turn = [
        said("user_text", "Turn on"),
        said("user_text", " the lamp."),
        said("reply_text", "On."),
    ]
    seen = view_of(*turn)
    assert (seen["user_text"], seen["reply_text"]) == ("Turn on the lamp.", "On.")
    seen = view_of(*turn, ("turn_complete", {}), said("user_text", "Thanks."))
    assert (seen["user_text"], seen["reply_text"]) == ("Thanks.", "")


def test_view_forgets_the_words_at_rest() -> None:
    seen = view_of(said("user_text", "Turn on the lamp."), ("state", {"to": "idle"}))
    assert seen["user_text"] == ""


def test_view_keeps_the_end_of_a_long_reply() -> None:
    seen = view_of(said("reply_text", "x" * TEXT_LIMIT), said("reply_text", "the end"))
    assert len(seen["reply_text"]) == TEXT_LIMIT
    assert seen["reply_text"].endswith("xthe end")


def test_view_shows_the_last_tool_calls_and_how_they_went() -> None:
    calls: list[tuple[EventName, dict[str, Any]]] = [
        ("tool_call", {"id": str(number), "name": "look"}) for number in range(TOOL_CALLS + 1)
    ]
    result = {"id": "2", "name": "look", "ok": False, "ms": 3.5}
    tools = view_of(*calls, ("tool_result", result))["tools"]
    assert [tool["id"] for tool in tools] == ["1", "2", "3", "4", "5"]
    assert tools[1] == result
    assert tools[2] == {"id": "3", "name": "look", "ok": None}
