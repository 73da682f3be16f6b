"""What a Live session tells the conversation: one frozen value per happening.

PURE. The protocol produces these in the order of the wire; one frame may hold
several (Live API reference, BidiGenerateContentServerContent).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class SessionReady:
    """The server accepted the setup; from now on it takes input."""


@dataclass(frozen=True, slots=True)
class ReplyAudio:
    """A piece of the spoken reply: 24 kHz mono 16-bit PCM, any whole number of frames."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class ReplyText:
    """A piece of the transcript of the spoken reply, spaces included."""

    text: str


@dataclass(frozen=True, slots=True)
class UserText:
    """A piece of the transcript of what the user said, spaces included."""

    text: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The server cut its reply because the user spoke: what is queued must not be heard."""


@dataclass(frozen=True, slots=True)
class TurnComplete:
    """The model's turn is over; audio may still be queued here.

    Attributes:
        is_waiting: The model said nothing, or not all, because it expects the user to
            go on: a turn without a reply is no failure then.
    """

    is_waiting: bool = False


@dataclass(frozen=True, slots=True)
class GenerationComplete:
    """The model has produced all of this reply; it never comes for an interrupted one."""


@dataclass(frozen=True, slots=True)
class VoiceActivity:
    """The server heard somebody begin to speak, or stop."""

    is_speaking: bool


@dataclass(frozen=True, slots=True)
class TokensUsed:
    """What a turn cost, in tokens.

    Attributes:
        input_by_modality: What the model read, by "TEXT", "AUDIO", "IMAGE", "VIDEO";
            what the server gives without a modality stands under
            "MODALITY_UNSPECIFIED".
        output_by_modality: What it produced; thinking stands under "THOUGHTS".
        total: As the server counts it.
    """

    input_by_modality: Mapping[str, int]
    output_by_modality: Mapping[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for a tool.

    Attributes:
        id: Opaque; the answer must echo it.
        name: The tool.
        arguments: As the model sent them, not validated.
    """

    id: str
    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ToolCallsCancelled:
    """The server no longer wants the answers to these calls."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoAway:
    """The server will cut this connection in `time_left_s` seconds."""

    time_left_s: float


@dataclass(frozen=True, slots=True)
class ResumptionHandle:
    """A handle that continues this session on another connection."""

    handle: str


LiveEvent: TypeAlias = (
    SessionReady
    | ReplyAudio
    | ReplyText
    | UserText
    | Interrupted
    | GenerationComplete
    | TurnComplete
    | VoiceActivity
    | TokensUsed
    | ToolCall
    | ToolCallsCancelled
    | GoAway
    | ResumptionHandle
)
