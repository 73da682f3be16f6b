from __future__ import annotations

import json
from typing import Any

import pytest

from myna.live.beginning import SpokenTurn
from myna.live.messages import ClientContentMessage, serialize
from myna.live.seeding import told_as_content, told_as_history, told_in_words

SAID = (SpokenTurn("user", "I am Ada. "), SpokenTurn("model", "Hello."))


def turns(message: ClientContentMessage) -> list[tuple[str, str]]:
    content: dict[str, Any] = json.loads(serialize(message))["clientContent"]
    assert content["turnComplete"] is True
    return [(turn["role"], turn["parts"][0]["text"]) for turn in content["turns"]]


def test_a_history_is_told_turn_by_turn() -> None:
    assert turns(told_as_history(SAID)) == [("user", "I am Ada. "), ("model", "Hello.")]


@pytest.mark.parametrize(
    ("said", "roles"), [(SAID, ["user", "model", "user"]), (SAID[:1], ["user"])]
)
def test_a_turn_ends_with_the_user(said: tuple[SpokenTurn, ...], roles: list[str]) -> None:
    assert [role for role, _ in turns(told_as_content(said))] == roles


def test_words_name_who_said_what() -> None:
    assert told_in_words(SAID).splitlines()[1:] == ["User: I am Ada.", "You: Hello."]
