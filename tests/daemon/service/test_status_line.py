from __future__ import annotations

from typing import get_args

import pytest

from myna.conversation.events import Trouble
from myna.conversation.states import Idle, Muted, Offline, Speaking, State
from myna.service.status_line import _WORDS, status_line


def test_every_state_has_its_words() -> None:
    assert set(_WORDS) == set(get_args(State))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Idle(), "ready"),
        (Muted(), "muted"),
        (Speaking(), "speaking"),
        (Offline(Trouble("no route", is_network=True)), "ready, after a conversation that failed"),
    ],
)
def test_the_state_comes_first(state: State, words: str) -> None:
    assert status_line(state, {}) == words


def test_troubles_and_notes_follow() -> None:
    line = status_line(Idle(), {"key": "no API key", "camera": "gone"}, ["something waits"])
    assert line == "ready; key: no API key; camera: gone; something waits"
