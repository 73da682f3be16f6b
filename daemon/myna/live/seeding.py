"""Telling a fresh session what was said in the one that was lost.

PURE. One small function for each way in which a model can be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from myna.live.beginning import SpokenTurn
from myna.live.messages import ClientContent, ClientContentMessage, Content, text_content

_NAMES: Final = {"user": "User", "model": "You"}
_SO_FAR: Final = (
    "The connection broke and is restored. This is what was said so far; go on from there "
    "and do not greet again."
)
_BLANK: Final = " "


def told_as_history(turns: Sequence[SpokenTurn]) -> ClientContentMessage:
    """Tell it before the first input; `turnComplete` ends it and is not answered."""
    content = ClientContent(turns=tuple(map(_content, turns)), turn_complete=True)
    return ClientContentMessage(client_content=content)


def told_as_content(turns: Sequence[SpokenTurn]) -> ClientContentMessage:
    """Tell it as a turn, which is answered with a word on where things stand.

    A model that only knows this way wants a turn of the user last, be it blank, and
    forgets what it was told if it may not answer at once (pipecat, `gemini_live/llm.py`,
    on 2.5 after a reconnect; Google AI forum, thread 111617).
    """
    blank = () if turns[-1].role == "user" else (SpokenTurn("user", _BLANK),)
    return told_as_history((*turns, *blank))


def told_in_words(turns: Sequence[SpokenTurn]) -> str:
    """Return a paragraph for the system instruction."""
    lines = (f"{_NAMES[turn.role]}: {turn.text.strip()}" for turn in turns)
    return "\n".join((_SO_FAR, *lines))


def _content(turn: SpokenTurn) -> Content:
    return text_content(turn.text, role=turn.role)
