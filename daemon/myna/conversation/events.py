"""What can happen to a conversation, besides what the Live session tells.

PURE. Each event is one frozen value; the shell posts them in the order in which it
learned of them. The session's own events are in `myna.live.events`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from myna.line.ledger import ToolAnswer
from myna.live.closes import Kind
from myna.live.events import (
    Interrupted,
    ReplyAudio,
    SessionReady,
    ToolCall,
    ToolCallsCancelled,
    TurnComplete,
    UserText,
)
from myna_hardware.units import Frames


@dataclass(frozen=True, slots=True)
class WakeHeard:
    """The wake word was heard.

    Attributes:
        word: The engine's name of it.
        score: 0 to 1.
        detected_frame: The last frame the engine had heard when it reported.
        frame: The estimated end of the word; from here audio goes to the session.
    """

    word: str
    score: float
    detected_frame: Frames
    frame: Frames


@dataclass(frozen=True, slots=True)
class StopHeard:
    """The stop word was heard.

    Attributes:
        frame: The last frame the engine had heard when it reported; the word is before it.
    """

    frame: Frames


@dataclass(frozen=True, slots=True)
class Pressed:
    """The button was pressed; `frame` is the newest captured frame of that moment."""

    frame: Frames


@dataclass(frozen=True, slots=True)
class Held:
    """The button was held: mute, or unmute."""


@dataclass(frozen=True, slots=True)
class ListenAsked:
    """Somebody asked it to listen (`myna listen`), as if the wake word had been said."""

    frame: Frames


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody asked it to stop whatever it does (double press, `myna stop`)."""


@dataclass(frozen=True, slots=True)
class SayAsked:
    """Somebody asked it to announce `text` (`myna say`)."""

    text: str


@dataclass(frozen=True, slots=True)
class MuteAsked:
    """Somebody asked it to stop hearing (`myna mute`)."""


@dataclass(frozen=True, slots=True)
class UnmuteAsked:
    """Somebody asked it to hear again (`myna unmute`)."""


@dataclass(frozen=True, slots=True)
class TalkHeld:
    """The button is held down to talk, from `frame` on; `SpeechEnded` follows its release."""

    frame: Frames


@dataclass(frozen=True, slots=True)
class MuteLocked:
    """The mute switch was set: nothing but the switch takes that back."""


@dataclass(frozen=True, slots=True)
class MuteUnlocked:
    """The mute switch was set back."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The user began to speak, by the local endpointer.

    Attributes:
        frame: Where, as far as it can tell.
    """

    frame: Frames


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The user finished speaking, by the local endpointer."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no session.

    Attributes:
        text: One line for a person, cure included.
        kind: Whose trouble it is.
    """

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class SessionLost:
    """The session could not be opened, or ended without being asked to.

    Attributes:
        trouble: What is wrong, or None when the server ended it in good order.
    """

    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool that the model called has an answer, good or bad.

    Attributes:
        answer: What the model is told.
        is_farewell: Whether the conversation is to end after the model's next turn.
    """

    answer: ToolAnswer
    is_farewell: bool = False


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """Everything queued so far has been heard."""


@dataclass(frozen=True, slots=True)
class WakeTrusted:
    """The wake word is enough: the session is opened before anything else is said."""


@dataclass(frozen=True, slots=True)
class UserWaits:
    """Nothing followed the wake word at once: the user waits to be listened to."""


@dataclass(frozen=True, slots=True)
class NobodySpoke:
    """The time to speak ran out."""


@dataclass(frozen=True, slots=True)
class ReplyOverdue:
    """The user spoke, and no reply came."""


@dataclass(frozen=True, slots=True)
class NoticeOver:
    """Trouble has been shown for long enough."""


@dataclass(frozen=True, slots=True)
class LimitReached:
    """The conversation has lasted as long as it may."""


@dataclass(frozen=True, slots=True)
class RingAsked:
    """A timer or an alarm is due.

    Attributes:
        label: Its name.
        ring: By what whoever asked tells this ring from others.
    """

    label: str
    ring: int = 0


@dataclass(frozen=True, slots=True)
class RingOver:
    """A ring has ended by itself: nobody came, or it was stopped or snoozed elsewhere.

    Attributes:
        ring: As in `RingAsked`.
    """

    ring: int


Event: TypeAlias = (
    WakeHeard
    | StopHeard
    | Pressed
    | Held
    | ListenAsked
    | StopAsked
    | SayAsked
    | MuteAsked
    | UnmuteAsked
    | TalkHeld
    | MuteLocked
    | MuteUnlocked
    | SpeechStarted
    | SpeechEnded
    | SessionReady
    | SessionLost
    | UserText
    | ReplyAudio
    | Interrupted
    | TurnComplete
    | ToolCall
    | ToolCallsCancelled
    | ToolFinished
    | PlaybackFinished
    | WakeTrusted
    | UserWaits
    | NobodySpoke
    | ReplyOverdue
    | NoticeOver
    | LimitReached
    | RingAsked
    | RingOver
)
