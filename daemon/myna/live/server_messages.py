"""What the server sends, as Structs.

PURE. Unknown keys are ignored, absent and `null` members are None: the server adds
keys at any time (Live API reference, BidiGenerateContentServerMessage).
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from myna.live.messages import Blob, Empty, Wire


class Part(Wire, frozen=True):
    """A piece of the model's turn. Text marked `thought` is not part of the answer."""

    text: str = ""
    thought: bool = False
    inline_data: Blob | None = None


class ModelTurn(Wire, frozen=True):
    """What the model produced."""

    parts: tuple[Part, ...] = ()


class Transcription(Wire, frozen=True):
    """The next words of a transcript, spaces included; sometimes without any."""

    text: str = ""


class ServerContent(Wire, frozen=True):
    """The conversation's progress; one frame may carry several members."""

    model_turn: ModelTurn | None = None
    input_transcription: Transcription | None = None
    output_transcription: Transcription | None = None
    interrupted: bool = False
    generation_complete: bool = False
    turn_complete: bool = False
    interaction_status: str = ""


class FunctionCall(Wire, frozen=True):
    """One call; its id is opaque and the answer must echo it."""

    id: str
    name: str
    args: dict[str, object] | None = None


class ToolCallRequest(Wire, frozen=True):
    """Calls that the model makes at once."""

    function_calls: tuple[FunctionCall, ...] = ()


class ToolCallCancellation(Wire, frozen=True):
    """Calls whose answers are no longer wanted."""

    ids: tuple[str, ...] = ()


class GoingAway(Wire, frozen=True):
    """The connection ends soon; `time_left` is a protobuf duration ("50s")."""

    time_left: str = "0s"


class SessionResumptionUpdate(Wire, frozen=True):
    """A handle, empty while the session cannot be resumed."""

    new_handle: str = ""
    resumable: bool = False


class UsageMetadata(Wire, frozen=True):
    """What the turn cost, in tokens."""

    prompt_token_count: int = 0
    response_token_count: int = 0
    total_token_count: int = 0


class VoiceActivity(Wire, frozen=True):
    """The server heard speech start or end.

    The wire says `type`, the SDK `voiceActivityType`: both are read.
    """

    type: str = ""
    voice_activity_type: str = ""
    audio_offset: str = ""


class ServerError(Wire, frozen=True):
    """In no reference, and guarded against by clients in the field."""

    code: int = 0
    message: str = ""
    status: str = ""


class ServerMessage(Wire, frozen=True):
    """One frame; `{}` is frequent and means nothing."""

    setup_complete: Empty | None = None
    server_content: ServerContent | None = None
    tool_call: ToolCallRequest | None = None
    tool_call_cancellation: ToolCallCancellation | None = None
    go_away: GoingAway | None = None
    session_resumption_update: SessionResumptionUpdate | None = None
    usage_metadata: UsageMetadata | None = None
    voice_activity: VoiceActivity | None = None
    interaction_status: str = ""
    error: ServerError | None = None


_DECODER: Final = msgspec.json.Decoder(ServerMessage)
_DURATION: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)s")
_PCM: Final = re.compile(r"audio/pcm(?:;\s*rate=([0-9]{1,6}))?", re.IGNORECASE)


def parse(frame: bytes | str) -> ServerMessage:
    """Read one frame, text or binary.

    Raises:
        ValueError: It is not a message of the Live API.
        RecursionError: It is nested too deep.
    """
    return _DECODER.decode(frame)


def parse_duration(text: str) -> float:
    """Return the seconds in a protobuf duration (protobuf JSON mapping, Duration).

    Raises:
        ValueError: It is not one, or it is negative.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("a duration is not a number of seconds")
    return float(match[1])


def parse_pcm_rate(mime_type: str, default_hz: int) -> int:
    """Return the rate in a PCM mime type; `default_hz` where it names none.

    Raises:
        ValueError: It is not PCM.
    """
    match = _PCM.fullmatch(mime_type)
    if match is None:
        raise ValueError("audio is not PCM")
    return int(match[1] or default_hz)
