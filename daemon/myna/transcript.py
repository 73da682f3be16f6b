"""What was said, in the log: only where `log.transcript` asks for it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from myna.trace import EventName

log = logging.getLogger(__name__)

SPEAKERS: Final[Mapping[EventName, str]] = {"user_text": "you", "reply_text": "myna"}
ENDS: Final[frozenset[EventName]] = frozenset({"turn_complete", "interrupted", "session_closed"})


class Transcript:
    """Gathers what arrives word by word, and logs a line when somebody has finished."""

    def __init__(self) -> None:
        self._speaker = ""
        self._words: list[str] = []

    def on_event(self, _t: float, event: EventName, fields: Mapping[str, object]) -> None:
        """Observe the trace."""
        if event in ENDS:
            self._finish()
        elif event in SPEAKERS:
            if self._speaker != SPEAKERS[event]:
                self._finish()
            self._speaker = SPEAKERS[event]
            self._words.append(str(fields["text"]))

    def _finish(self) -> None:
        text = " ".join("".join(self._words).split())
        if text:
            fields = {"myna_event": "transcript", "myna_speaker": self._speaker}
            log.info("%s: %s", self._speaker, text, extra=fields)
        self._words.clear()
