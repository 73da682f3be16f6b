"""What the server sends, as Structs.

PURE. Unknown keys are ignored, absent members have their default: the server adds
keys at any time (Live API reference, BidiGenerateContentServerMessage). What a speaker
has no use for is read as an object and no further.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from myna.live.spelling import respelled
from myna.live.wire import Blob, Empty, Wire

Label = Annotated[str, Meta(min_length=1, max_length=1024)]
"""An id or a name that is kept until it is answered: bounded, whoever sends it."""


class SetupComplete(Wire, frozen=True):
    """The server is ready; only Vertex names the session."""

    session_id: str = ""


class ExecutableCode(Wire, frozen=True):
    """Code that the model wrote for itself to run."""

    language: str = ""
    code: str = ""


class CodeExecutionResult(Wire, frozen=True):
    """What came out of it; on native-audio models also a note about a search."""

    outcome: str = ""
    output: str = ""


class Part(Wire, frozen=True):
    """A piece of the model's turn. Text marked `thought` is not part of the answer."""

    text: str = ""
    thought: bool = False
    thought_signature: bytes = b""
    inline_data: Blob | None = None
    executable_code: ExecutableCode | None = None
    code_execution_result: CodeExecutionResult | None = None


class ModelTurn(Wire, frozen=True):
    """What the model produced; mostly without a role."""

    parts: tuple[Part, ...] = ()
    role: str = ""


class Transcription(Wire, frozen=True):
    """The next words of a transcript, spaces included; sometimes without any."""

    text: str = ""
    finished: bool = False
    language_code: str = ""


class ServerContent(Wire, frozen=True):
    """The conversation's progress; one frame may carry several members.

    `interim_input_transcription` replaces its predecessor while the user talks; the
    final words come in `input_transcription` all the same.
    """

    model_turn: ModelTurn | None = None
    input_transcription: Transcription | None = None
    interim_input_transcription: Transcription | None = None
    output_transcription: Transcription | None = None
    interrupted: bool = False
    generation_complete: bool = False
    turn_complete: bool = False
    turn_complete_reason: str = ""
    waiting_for_input: bool = False
    interaction_status: str = ""
    grounding_metadata: Empty | None = None
    url_context_metadata: Empty | None = None


class FunctionCall(Wire, frozen=True):
    """One call; its id is opaque and the answer must echo it."""

    id: Label
    name: Label
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


class ModalityTokens(Wire, frozen=True):
    """Tokens of one kind of media."""

    modality: str = "MODALITY_UNSPECIFIED"
    token_count: int = 0


class UsageMetadata(Wire, frozen=True):
    """What the turn cost, in tokens; Vertex says `candidates` for `response`."""

    prompt_token_count: int = 0
    response_token_count: int = 0
    candidates_token_count: int = 0
    thoughts_token_count: int = 0
    tool_use_prompt_token_count: int = 0
    cached_content_token_count: int = 0
    total_token_count: int = 0
    prompt_tokens_details: tuple[ModalityTokens, ...] = ()
    response_tokens_details: tuple[ModalityTokens, ...] = ()
    candidates_tokens_details: tuple[ModalityTokens, ...] = ()
    tool_use_prompt_tokens_details: tuple[ModalityTokens, ...] = ()
    cache_tokens_details: tuple[ModalityTokens, ...] = ()


class VoiceActivity(Wire, frozen=True):
    """The server heard speech start or end.

    The wire says `type`, the SDK `voiceActivityType`: both are read.
    """

    type: str = ""
    voice_activity_type: str = ""
    audio_offset: str = ""


class VoiceActivityDetectionSignal(Wire, frozen=True):
    """An older way to say the same."""

    vad_signal_type: str = ""


class ServerError(Wire, frozen=True):
    """In no reference, and guarded against by clients in the field."""

    code: int = 0
    message: str = ""
    status: str = ""


class ServerMessage(Wire, frozen=True):
    """One frame; `{}` is frequent and means nothing."""

    setup_complete: SetupComplete | None = None
    server_content: ServerContent | None = None
    tool_call: ToolCallRequest | None = None
    tool_call_cancellation: ToolCallCancellation | None = None
    go_away: GoingAway | None = None
    session_resumption_update: SessionResumptionUpdate | None = None
    usage_metadata: UsageMetadata | None = None
    voice_activity: VoiceActivity | None = None
    voice_activity_detection_signal: VoiceActivityDetectionSignal | None = None
    interaction_status: str = ""
    error: ServerError | None = None


_DECODER: Final = msgspec.json.Decoder(ServerMessage)
_DURATION: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)s")
_PCM: Final = re.compile(r"audio/pcm(?:;\s*rate=([0-9]{1,6}))?", re.IGNORECASE)


def parse(frame: bytes | str) -> ServerMessage:
    """Read one frame, text or binary.

    Nearly all have camelCase keys and standard base64, and are decoded at once. An
    underscore may be the sign of another spelling, a failure that of another base64 or
    of a null: those are put into that spelling first.

    Raises:
        ValueError: It is not a message of the Live API.
        RecursionError: It is nested too deep.
    """
    if not _has_underscore(frame):
        try:
            return _DECODER.decode(frame)
        except msgspec.ValidationError:
            pass
    return msgspec.convert(respelled(msgspec.json.decode(frame)), ServerMessage)


def _has_underscore(frame: bytes | str) -> bool:
    return "_" in frame if isinstance(frame, str) else b"_" in frame


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
