"""The states of a conversation, and what each one means for lights and deadlines.

PURE. One state at a time; what a state has to remember it carries itself. `Talk` is
what the four conversing states hand to one another.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from myna.conversation.events import (
    Event,
    NobodySpoke,
    NoticeOver,
    ReplyOverdue,
    RingAsked,
    Trouble,
    UserWaits,
    WakeTrusted,
)
from myna.live.closes import UNREACHED, Kind
from myna_hardware.interfaces import Pattern
from myna_hardware.units import Frames


@dataclass(frozen=True, slots=True)
class Talk:
    """What one conversation remembers.

    Attributes:
        is_user_speaking: Between the start and the end of an utterance.
        is_users_turn: Whether the user has asked for something that the model has not yet
            replied to; only then it may act.
        has_called: Whether the model's latest word was a tool call, so that more may follow.
        pending_calls: Ids of tool calls without an answer yet.
        is_discarding: The reply was cut here; what still arrives of it is dropped.
        is_last_turn: End after the reply that is being made or heard.
        is_silent: Nobody is listened to: an announcement.
        is_by_button: The user is heard while the button is down, and not otherwise.
        trouble: What broke the session while its last reply was still being heard.
    """

    is_user_speaking: bool = False
    is_users_turn: bool = True
    has_called: bool = False
    pending_calls: frozenset[str] = field(default_factory=frozenset)
    is_discarding: bool = False
    is_last_turn: bool = False
    is_silent: bool = False
    is_by_button: bool = False
    trouble: Trouble | None = None

    def hears_user(self, **changes: object) -> Talk:
        """Return a copy in which the user has the word, with `changes`."""
        return self.but(**{"is_user_speaking": True, "is_users_turn": True, **changes})

    def but(self, **changes: object) -> Talk:
        """Return a copy with `changes`."""
        return replace(self, **changes)  # type: ignore[arg-type]  # checked at run time


@dataclass(frozen=True, slots=True)
class Idle:
    """Waiting for the wake word or the button; nothing leaves the machine."""


@dataclass(frozen=True, slots=True)
class Waking:
    """The wake word was heard; nothing is opened until somebody speaks.

    Attributes:
        frame: Where the user's audio starts.
        has_chimed: Whether the user was told that it listens.
    """

    frame: Frames
    has_chimed: bool = False


@dataclass(frozen=True, slots=True)
class Connecting:
    """A session is being opened while the pre-roll keeps what is said.

    Attributes:
        frame: Where the user's audio starts, or None for an announcement.
        text: What to announce, or None.
        has_user_spoken: Whether an utterance already ended while connecting.
        must_chime: Whether a user who waits is still to be told that it listens.
    """

    frame: Frames | None = None
    text: str | None = None
    has_user_spoken: bool = False
    must_chime: bool = False
    talk: Talk = Talk()


@dataclass(frozen=True, slots=True)
class Listening:
    """The user's turn.

    Attributes:
        cut_in_frame: Where the user began to speak while a reply was awaited, if so.
    """

    talk: Talk = Talk()
    cut_in_frame: Frames | None = None


@dataclass(frozen=True, slots=True)
class Thinking:
    """The user has spoken; the reply, or a tool, is awaited."""

    talk: Talk = Talk()


@dataclass(frozen=True, slots=True)
class Speaking:
    """A reply is being heard.

    Attributes:
        is_turn_complete: The server has sent all of it.
        is_drained: All that has arrived has been heard.
    """

    talk: Talk = Talk()
    is_turn_complete: bool = False
    is_drained: bool = False


@dataclass(frozen=True, slots=True)
class Muted:
    """The microphone is closed.

    Attributes:
        is_locked: By the switch, and only it can open it again.
    """

    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Offline:
    """The last conversation failed, and that is being shown; the wake word works."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Ringing:
    """A timer rings, or several.

    Attributes:
        asked: What asked for it, the first one first; never empty.
        muted: How the speaker is muted meanwhile and will be afterwards, if it is.
    """

    asked: tuple[RingAsked, ...]
    muted: Muted | None = None


State: TypeAlias = (
    Idle | Waking | Connecting | Listening | Thinking | Speaking | Muted | Offline | Ringing
)
Conversing: TypeAlias = Listening | Thinking | Speaking


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a conversation waits, in seconds.

    Attributes:
        wake_wait_s: For speech after the wake word before a session is opened; 0 opens
            it at once.
        chime_s: For speech after the wake word before the user is told that it listens.
        follow_up_s: For the user to start speaking.
        patience_s: For a reply, once the user has spoken.
        notice_s: While trouble stays on the lights.
    """

    wake_wait_s: float = 5.0
    chime_s: float = 0.3
    follow_up_s: float = 8.0
    patience_s: float = 15.0
    notice_s: float = 10.0


_PATTERNS: dict[type[State], Pattern] = {
    Idle: Pattern.IDLE,
    Waking: Pattern.LISTENING,
    Connecting: Pattern.LISTENING,
    Listening: Pattern.LISTENING,
    Thinking: Pattern.THINKING,
    Speaking: Pattern.SPEAKING,
    Muted: Pattern.MUTED,
    Ringing: Pattern.RINGING,
}


REFUSALS: Final[frozenset[Kind]] = frozenset({"key", "quota", "model", "location"})
"""Kinds of trouble that only somebody with access to the account or the settings ends."""


def pattern_for(state: State, *, is_ailing: bool = False, has_key: bool = True) -> Pattern:
    """Return what the lights show in `state`.

    Args:
        state: Of the conversation.
        is_ailing: Whether microphone, speaker or wake engine are in trouble; at rest that
            is shown, a conversation that goes on keeps its own lights.
        has_key: Whether there is an API key; the same holds.
    """
    match state:
        case Idle() if is_ailing:
            return Pattern.ERROR
        case Idle() if not has_key:
            return Pattern.REFUSED
        case Offline(trouble):
            return _pattern_of(trouble.kind)
        case Connecting(talk=Talk(is_silent=True)):
            return Pattern.THINKING
    return _PATTERNS[type(state)]


def _pattern_of(kind: Kind) -> Pattern:
    if kind in UNREACHED:
        return Pattern.OFFLINE
    return Pattern.REFUSED if kind in REFUSALS else Pattern.ERROR


def deadline_for(state: State, timing: Timing) -> tuple[float, Event] | None:
    """Return after how many seconds in `state` which event is due, if any."""
    match state:
        case Waking() | Connecting():
            return _before_session(state, timing)
        case Listening(talk) if not talk.is_user_speaking:
            return timing.follow_up_s, NobodySpoke()
        case Thinking(talk) if not talk.pending_calls:
            return timing.patience_s, ReplyOverdue()
        case Speaking(is_drained=True, is_turn_complete=False):
            return timing.patience_s, ReplyOverdue()
        case Offline():
            return timing.notice_s, NoticeOver()
    return None


def _before_session(state: Waking | Connecting, timing: Timing) -> tuple[float, Event] | None:
    if isinstance(state, Connecting):
        return (timing.chime_s, UserWaits()) if state.must_chime else None
    if not timing.wake_wait_s:
        return 0.0, WakeTrusted()
    if state.has_chimed:
        return timing.wake_wait_s - timing.chime_s, NobodySpoke()
    if timing.chime_s < timing.wake_wait_s:
        return timing.chime_s, UserWaits()
    return timing.wake_wait_s, NobodySpoke()


def name_of(state: State | type[State]) -> str:
    """Return the state's name in the trace, the status and the diagram."""
    kind = state if isinstance(state, type) else type(state)
    return kind.__name__.lower()
