"""The tool calls of a conversation, across its sessions.

PURE. Theory of operation: a call is open until its tool has answered; the answer is due
until it was sent, and on trial until the server has said something after it, because
what was sent into a dying connection may never have arrived (pipecat#5465). When the
session is resumed, answers on trial are due again: an old id answered on the new
connection was accepted (measured with gemini-3.8-live, 11 of 11). A fresh session knows
no ids: there an answer is told in words. A cancelled call gets none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from myna.live.content import Scheduling
from myna.live.events import ToolCall

LIMIT_S: Final = 60.0
"""An unanswered call wedges the session for good (livekit/agents#6569); tools have limits
of their own far below, so this only catches a fault of ours."""

WORDS_LIMIT: Final = 2_000
"""Characters of an answer that are told in words."""


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """The answer to one call.

    Attributes:
        id: As it stood in the `ToolCall`.
        name: The tool.
        response: What the model is told; always an object.
        scheduling: When a model that does not wait for the tool is to hear of it.
        jpeg: A picture that belongs to it.
    """

    id: str
    name: str
    response: Mapping[str, object]
    scheduling: Scheduling | None = None
    jpeg: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Call:
    call: ToolCall
    since_s: float


class Ledger:
    """Open calls, and answers on their way, in order of completion."""

    def __init__(self) -> None:
        self._open: dict[str, _Call] = {}
        self._orphans: set[str] = set()
        self._due: list[ToolAnswer] = []
        self._on_trial: list[ToolAnswer] = []

    @property
    def is_waiting(self) -> bool:
        """Whether the model still waits for something from us."""
        return bool(self._open.keys() - self._orphans) or bool(self._due)

    @property
    def has_due(self) -> bool:
        """Whether an answer is to be sent."""
        return bool(self._due)

    @property
    def known_calls(self) -> dict[str, str]:
        """Ids and names of the calls that may still be answered under their ids."""
        names = {call_id: entry.call.name for call_id, entry in self._open.items()}
        names |= {answer.id: answer.name for answer in (*self._on_trial, *self._due)}
        return {call_id: names[call_id] for call_id in names.keys() - self._orphans}

    def open(self, call: ToolCall, now_s: float) -> None:
        """Enter a call."""
        self._orphans.discard(call.id)
        self._open[call.id] = _Call(call, now_s)

    def overdue(self, now_s: float) -> tuple[ToolCall, ...]:
        """Return calls that are open for too long; each is told once."""
        late = [entry for entry in self._open.values() if now_s - entry.since_s >= LIMIT_S]
        for entry in late:
            self._open[entry.call.id] = _Call(entry.call, math.inf)
        return tuple(entry.call for entry in late)

    def cancel(self, ids: tuple[str, ...]) -> None:
        """Strike calls whose answers are not wanted any more."""
        for call_id in ids:
            self._open.pop(call_id, None)
        self._due = [answer for answer in self._due if answer.id not in ids]
        self._on_trial = [answer for answer in self._on_trial if answer.id not in ids]

    def answer(self, answer: ToolAnswer) -> None:
        """Take a tool's answer; one that nobody waits for any more is dropped."""
        if self._open.pop(answer.id, None) is not None:
            self._due.append(answer)

    def take(self) -> ToolAnswer | str | None:
        """Return the next answer to send, in words where its id means nothing, or None."""
        if not self._due:
            return None
        answer = self._due.pop(0)
        if answer.id in self._orphans:
            self._orphans.discard(answer.id)
            return _in_words(answer)
        self._on_trial.append(answer)
        return answer

    def settle(self) -> None:
        """The server has gone on: what was sent before has arrived."""
        self._on_trial.clear()

    def move_on(self, *, is_resumed: bool) -> None:
        """Another connection takes over."""
        self._due = [*self._on_trial, *self._due]
        self._on_trial = []
        if not is_resumed:
            self._orphans = self._open.keys() | {answer.id for answer in self._due}


def _in_words(answer: ToolAnswer) -> str:
    told = json.dumps(answer.response, ensure_ascii=False, default=str)[:WORDS_LIMIT]
    return (
        f"The tool {answer.name}, which you called before the connection broke, has answered: "
        f"{told} Do not call it again; tell the user."
    )
