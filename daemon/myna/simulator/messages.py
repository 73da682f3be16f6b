"""The client's messages, as far as the simulator acts on them. PURE.

Read only from trees that `validation.py` has checked, so they forbid nothing. Shares
nothing with the client's own messages: an error in one shows in the other.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import Struct, field

JsonObject: TypeAlias = dict[str, Any]


class Blob(Struct, frozen=True, rename="camel"):
    """Media, base64 already decoded."""

    mime_type: str = ""
    data: bytes = b""


class Part(Struct, frozen=True, rename="camel"):
    """A piece of a turn: text, an image, a call, or the answer to one."""

    text: str = ""
    inline_data: Blob | None = None
    function_call: JsonObject | None = None
    function_response: JsonObject | None = None


class Content(Struct, frozen=True):
    """A turn of the history."""

    parts: tuple[Part, ...] = ()
    role: str = "user"

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(part.text for part in self.parts)


class ActivityDetection(Struct, frozen=True, rename="camel"):
    """The server's end-pointing; both times have the server's default when absent."""

    disabled: bool = False
    silence_duration_ms: int | None = None


class RealtimeInputConfig(Struct, frozen=True, rename="camel"):
    """How the microphone is listened to."""

    automatic_activity_detection: ActivityDetection = ActivityDetection()
    activity_handling: str = "START_OF_ACTIVITY_INTERRUPTS"


class GenerationConfig(Struct, frozen=True, rename="camel"):
    """What the model is to produce."""

    response_modalities: tuple[str, ...] = ("AUDIO",)
    thinking_config: JsonObject | None = None
    enable_affective_dialog: bool = False


class HistoryConfig(Struct, frozen=True, rename="camel"):
    """Whether the session begins with a history that is not answered."""

    initial_history_in_client_content: bool = False


class SessionResumption(Struct, frozen=True):
    """A wish for handles, and perhaps the handle of the session to go on with."""

    handle: str | None = None


class FunctionDeclaration(Struct, frozen=True):
    """A tool that the client offers."""

    name: str = ""
    behavior: str = ""


class Tool(Struct, frozen=True, rename="camel"):
    """Tools: functions of the client or services of the server."""

    function_declarations: tuple[FunctionDeclaration, ...] = ()
    code_execution: JsonObject | None = None
    url_context: JsonObject | None = None


class Setup(Struct, frozen=True, rename="camel"):
    """The first message."""

    model: str = ""
    generation_config: GenerationConfig = GenerationConfig()
    realtime_input_config: RealtimeInputConfig = RealtimeInputConfig()
    tools: tuple[Tool, ...] = ()
    system_instruction: Content = Content()
    session_resumption: SessionResumption | None = None
    history_config: HistoryConfig = HistoryConfig()
    proactivity: JsonObject | None = None
    input_audio_transcription: JsonObject | None = None
    output_audio_transcription: JsonObject | None = None


class GuideConfig(Struct, frozen=True, rename="camel"):
    """The first message of the getting-started guide."""

    model: str = ""
    response_modalities: tuple[str, ...] = ("AUDIO",)
    system_instruction: Content = Content()

    def as_setup(self) -> Setup:
        """Say the same as a setup; the guide expects transcripts without asking."""
        return Setup(
            model=self.model,
            generation_config=GenerationConfig(response_modalities=self.response_modalities),
            system_instruction=self.system_instruction,
            input_audio_transcription={},
            output_audio_transcription={},
        )


class ClientContent(Struct, frozen=True, rename="camel"):
    """Turns of text."""

    turns: tuple[Content, ...] = ()
    turn_complete: bool = False

    @property
    def text(self) -> str:
        """All text of all turns."""
        return "".join(turn.text for turn in self.turns)

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts of all turns."""
        return tuple(part for turn in self.turns for part in turn.parts)


class RealtimeInput(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One piece of what the user does now; one member per message."""

    audio: Blob | None = None
    video: Blob | None = None
    text: str | None = None
    audio_stream_end: bool | None = None
    activity_start: JsonObject | None = None
    activity_end: JsonObject | None = None
    media_chunks: tuple[Blob, ...] | None = None


class FunctionResponsePart(Struct, frozen=True, rename="camel"):
    """Media in an answer."""

    inline_data: Blob = Blob()


class FunctionResponse(Struct, frozen=True):
    """The answer to one tool call."""

    id: str = ""
    name: str = ""
    response: JsonObject = field(default_factory=dict)
    scheduling: str = ""
    parts: tuple[FunctionResponsePart, ...] = ()


class ToolResponse(Struct, frozen=True, rename="camel"):
    """Answers to tool calls."""

    function_responses: tuple[FunctionResponse, ...] = ()


class ClientMessage(Struct, frozen=True, rename="camel"):
    """One frame: exactly one member is set."""

    setup: Setup | None = None
    config: GuideConfig | None = None
    client_content: ClientContent | None = None
    realtime_input: RealtimeInput | None = None
    tool_response: ToolResponse | None = None

    @property
    def first(self) -> Setup | None:
        """The setup in this message, in whichever dialect."""
        return self.config.as_setup() if self.config else self.setup
