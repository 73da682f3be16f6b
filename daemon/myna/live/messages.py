"""What the client sends, as Structs; `server_messages.py` has the other direction.

PURE. Each message type has one member, so a frame cannot have two top-level keys
(Live API reference, BidiGenerateContentClientMessage). Their members are in
`setup_messages.py` and `content.py`; those that many need can be had from here.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from myna.live.content import (
    Content,
    FunctionResponse,
    FunctionResponsePart,
    Part,
    Scheduling,
    text_content,
)
from myna.live.setup_messages import FunctionDeclaration, GuideConfig, Setup
from myna.live.wire import Blob, Empty, Wire

__all__ = [
    "INPUT_AUDIO",
    "STILL",
    "Blob",
    "ClientContent",
    "ClientContentMessage",
    "ClientMessage",
    "Content",
    "Empty",
    "FunctionDeclaration",
    "FunctionResponse",
    "FunctionResponsePart",
    "GuideConfig",
    "GuideMessage",
    "OpeningMessage",
    "Part",
    "RealtimeInput",
    "RealtimeInputMessage",
    "Scheduling",
    "Setup",
    "SetupMessage",
    "ToolResponse",
    "ToolResponseMessage",
    "serialize",
    "text_content",
]

INPUT_AUDIO: Final = "audio/pcm;rate=16000"
STILL: Final = "image/jpeg"


class RealtimeInput(Wire, frozen=True):
    """Something of this moment; exactly one member per message.

    `mediaChunks` is dead: "realtime_input.media_chunks is deprecated" (1007).
    """

    audio: Blob | None = None
    video: Blob | None = None
    text: str | None = None
    audio_stream_end: Literal[True] | None = None
    activity_start: Empty | None = None
    activity_end: Empty | None = None


class ClientContent(Wire, frozen=True):
    """Turns for the history. Any such message interrupts the reply."""

    turn_complete: bool
    turns: tuple[Content, ...] | None = None


class ToolResponse(Wire, frozen=True):
    """Answers to calls."""

    function_responses: tuple[FunctionResponse, ...]


class SetupMessage(Wire, frozen=True):
    """`{"setup": …}`, the first message."""

    setup: Setup


class GuideMessage(Wire, frozen=True):
    """`{"config": …}`, the first message of the guide's code sample."""

    config: GuideConfig


class RealtimeInputMessage(Wire, frozen=True):
    """`{"realtimeInput": …}`."""

    realtime_input: RealtimeInput


class ClientContentMessage(Wire, frozen=True):
    """`{"clientContent": …}`."""

    client_content: ClientContent


class ToolResponseMessage(Wire, frozen=True):
    """`{"toolResponse": …}`."""

    tool_response: ToolResponse


OpeningMessage: TypeAlias = SetupMessage | GuideMessage
ClientMessage: TypeAlias = (
    OpeningMessage | RealtimeInputMessage | ClientContentMessage | ToolResponseMessage
)

_ENCODER: Final = msgspec.json.Encoder()


def serialize(message: ClientMessage) -> str:
    """Return the JSON text of one message; NaN and infinities become `null`.

    Raises:
        TypeError, ValueError, RecursionError: A tool's response is not JSON.
    """
    return _ENCODER.encode(message).decode()
