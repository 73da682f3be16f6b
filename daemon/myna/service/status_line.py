"""What `systemctl status` says of the speaker, in plain words. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from myna.conversation.states import (
    Connecting,
    Idle,
    Listening,
    Muted,
    Offline,
    Ringing,
    Speaking,
    State,
    Thinking,
    Waking,
)

_WORDS: Final[Mapping[type[State], str]] = {
    Idle: "ready",
    Waking: "listening",
    Connecting: "listening",
    Listening: "listening",
    Thinking: "thinking",
    Speaking: "speaking",
    Muted: "muted",
    Offline: "ready, after a conversation that failed",
    Ringing: "a timer rings",
}


def status_line(state: State, troubles: Mapping[str, str], notes: Iterable[str] = ()) -> str:
    """Return the state, then what is wrong with which part, then what else there is to say."""
    wrong = (f"{part}: {why}" for part, why in troubles.items())
    return "; ".join((_WORDS[type(state)], *wrong, *notes))
