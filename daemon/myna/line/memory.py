"""What was said in a conversation, to tell it to a session that has lost the thread.

PURE. Only the transcripts that the server sends, only of this conversation, only in
memory, and only the newest: a short summary is worth more than a long one is dear.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from myna.live.beginning import SpokenTurn

TURNS_KEPT: Final = 12
TURN_CHARACTERS: Final = 500


class Memory:
    """The newest turns of both sides."""

    def __init__(self) -> None:
        self._turns: deque[SpokenTurn] = deque(maxlen=TURNS_KEPT)
        self._is_new_turn = True

    @property
    def last_words(self) -> str:
        """What the model said last; empty if the user had the last word."""
        is_model = bool(self._turns) and self._turns[-1].role == "model"
        return self._turns[-1].text.strip() if is_model else ""

    def hear(self, text: str) -> None:
        """Add words of the user."""
        self._add(SpokenTurn("user", text))

    def reply(self, text: str) -> None:
        """Add words of the model."""
        self._add(SpokenTurn("model", text))

    def end_turn(self) -> None:
        """What the model says next is another turn."""
        self._is_new_turn = True

    def forget(self) -> None:
        """Begin anew."""
        self._turns.clear()

    def turns(self, *, without_last_question: bool) -> tuple[SpokenTurn, ...]:
        """Return what was said, oldest first.

        Args:
            without_last_question: Leave out the user's last words: they will be heard
                again.
        """
        kept = list(self._turns)
        while without_last_question and kept and kept[-1].role == "user":
            kept.pop()
        return tuple(kept)

    def _add(self, said: SpokenTurn) -> None:
        if self._turns and self._turns[-1].role == said.role and not self._is_new_turn:
            text = self._turns.pop().text + said.text
            said = SpokenTurn(said.role, text)
        self._is_new_turn = False
        self._turns.append(SpokenTurn(said.role, said.text[-TURN_CHARACTERS:]))
