"""What somebody who watches the speaker sees: the words and deeds of this moment. PURE.

It exists only while somebody watches, and remembers one turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from myna.trace import EventName

TOOL_CALLS: Final = 5
TEXT_LIMIT: Final = 500
"""Letters of a transcript that are kept: its end is what is being said."""


class View:
    """Follows the conversation; `note` is an observer of the trace.

    Args:
        lights: What they show at first.
    """

    def __init__(self, lights: str) -> None:
        self._said = {"user_text": "", "reply_text": ""}
        self._is_turn_over = False
        self._tools: deque[dict[str, Any]] = deque(maxlen=TOOL_CALLS)
        self._lights = lights

    def note(self, _t: float, event: EventName, fields: Mapping[str, object]) -> None:
        """Take an event of the trace."""
        match event:
            case "user_text" | "reply_text":
                self._note_words(event, str(fields["text"]))
            case "turn_complete" | "interrupted":
                self._is_turn_over = True
            case "tool_call":
                self._tools.append({"id": fields["id"], "name": fields["name"], "ok": None})
            case "tool_result":
                self._note_result(fields)
            case "lights":
                self._lights = str(fields["pattern"])
            case "state" if fields["to"] in {"idle", "muted"}:
                self._said = {"user_text": "", "reply_text": ""}

    def content(self) -> dict[str, Any]:
        """Return it as it is now."""
        return {"lights": self._lights, **self._said, "tools": list(self._tools)}

    def _note_words(self, event: str, text: str) -> None:
        if self._is_turn_over and event == "user_text":
            self._said = {"user_text": "", "reply_text": ""}
            self._is_turn_over = False
        self._said = {**self._said, event: (self._said[event] + text)[-TEXT_LIMIT:]}

    def _note_result(self, fields: Mapping[str, object]) -> None:
        result = {name: fields[name] for name in ("id", "name", "ok", "ms")}
        calls = [result if call["id"] == fields["id"] else call for call in self._tools]
        self._tools = deque(calls, maxlen=TOOL_CALLS)
