"""What the client sends, as Structs; `server_messages.py` has the other direction.

PURE. Field names are the reference's in snake_case and travel in camelCase; what is
None is left out, because the server refuses `null` (strands-agents/harness-sdk#1999).
Each message type has one member, so a frame cannot have two top-level keys
(Live API reference, BidiGenerateContentClientMessage).
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

Behavior = Literal["BLOCKING", "NON_BLOCKING"]
ThinkingLevel = Literal["MINIMAL", "LOW", "MEDIUM", "HIGH"]
TurnCoverage = Literal["TURN_INCLUDES_ONLY_ACTIVITY", "TURN_INCLUDES_ALL_INPUT"]

INPUT_AUDIO: Final = "audio/pcm;rate=16000"
STILL: Final = "image/jpeg"


class Wire(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Base of everything on the wire; unknown keys are ignored on receipt."""


class Empty(Wire, frozen=True):
    """`{}`: a feature switched on with nothing to say about it."""


class Blob(Wire, frozen=True):
    """Media; `data` travels as base64."""

    mime_type: str
    data: bytes


class TextPart(Wire, frozen=True):
    """One paragraph."""

    text: str


class TextContent(Wire, frozen=True):
    """Text by one party; `role` is "user" or "model", absent for an instruction."""

    parts: tuple[TextPart, ...]
    role: Literal["user", "model"] | None = None


class FunctionDeclaration(Wire, frozen=True):
    """One tool as the model is told of it; `behavior` is the profile's to fill in."""

    name: str
    description: str
    parameters_json_schema: dict[str, object]
    behavior: Behavior | None = None


class Tool(Wire, frozen=True):
    """The functions that the model may call."""

    function_declarations: tuple[FunctionDeclaration, ...]


class PrebuiltVoiceConfig(Wire, frozen=True):
    """One of Google's voices, by name."""

    voice_name: str


class VoiceConfig(Wire, frozen=True):
    """Which voice speaks."""

    prebuilt_voice_config: PrebuiltVoiceConfig


class SpeechConfig(Wire, frozen=True):
    """How the reply sounds. No language code: native-audio models refuse one."""

    voice_config: VoiceConfig


class ThinkingConfig(Wire, frozen=True):
    """How long the model thinks."""

    thinking_level: ThinkingLevel


class GenerationConfig(Wire, frozen=True):
    """What the model produces."""

    response_modalities: tuple[Literal["AUDIO"], ...]
    speech_config: SpeechConfig | None = None
    thinking_config: ThinkingConfig | None = None


class RealtimeInputConfig(Wire, frozen=True):
    """What counts as a turn of the user."""

    turn_coverage: TurnCoverage | None = None


class ContextWindowCompression(Wire, frozen=True):
    """Forgetting the oldest turns, which lifts the 15-minute limit of a session."""

    sliding_window: Empty


class Setup(Wire, frozen=True):
    """The session's terms (Live API reference, BidiGenerateContentSetup)."""

    model: str
    generation_config: GenerationConfig
    system_instruction: TextContent | None = None
    tools: tuple[Tool, ...] | None = None
    realtime_input_config: RealtimeInputConfig | None = None
    session_resumption: Empty | None = None
    context_window_compression: ContextWindowCompression | None = None
    input_audio_transcription: Empty | None = None
    output_audio_transcription: Empty | None = None


class GuideConfig(Wire, frozen=True):
    """The session's terms as the getting-started guide's code sample has them."""

    model: str
    response_modalities: tuple[Literal["AUDIO"], ...]
    system_instruction: TextContent


class RealtimeInput(Wire, frozen=True):
    """Something of this moment; exactly one member per message."""

    audio: Blob | None = None
    video: Blob | None = None
    text: str | None = None
    audio_stream_end: Literal[True] | None = None


class ClientContent(Wire, frozen=True):
    """Turns for the history. Any such message interrupts the reply."""

    turn_complete: bool
    turns: tuple[TextContent, ...] | None = None


class FunctionResponse(Wire, frozen=True):
    """The answer to one call; `response` must be an object (protobuf Struct)."""

    id: str
    name: str
    response: dict[str, object]


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
