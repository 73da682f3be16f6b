"""The first message of a session, as Structs.

PURE. Everything that the Developer API takes on at least one model is here
(Live API reference, BidiGenerateContentSetup; "Thinking in Live API" guide for what is
newer); `profiles.py` knows which model takes what. Not here, because no model takes it:
`safetySettings`, `explicitVadSignal`, `sessionResumption.transparent`, the
multi-speaker voice.
"""

from __future__ import annotations

from typing import Literal

from myna.live.content import Content
from myna.live.wire import Empty, Wire

Behavior = Literal["BLOCKING", "NON_BLOCKING"]
Modality = Literal["AUDIO", "TEXT"]
ThinkingLevel = Literal["MINIMAL", "LOW", "MEDIUM", "HIGH"]
MediaResolution = Literal[
    "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH"
]
StartSensitivity = Literal["START_SENSITIVITY_HIGH", "START_SENSITIVITY_LOW"]
EndSensitivity = Literal["END_SENSITIVITY_HIGH", "END_SENSITIVITY_LOW"]
ActivityHandling = Literal["START_OF_ACTIVITY_INTERRUPTS", "NO_INTERRUPTION"]
TurnCoverage = Literal[
    "TURN_INCLUDES_ONLY_ACTIVITY",
    "TURN_INCLUDES_ALL_INPUT",
    "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO",
]


class FunctionDeclaration(Wire, frozen=True):
    """One tool as the model is told of it.

    Attributes:
        name: At most 128 letters, digits and `_.:-`.
        description: What it does and when to call it.
        parameters_json_schema: Its arguments as JSON Schema.
        behavior: Whether the model waits for the answer. As given to `setup.py` it is a
            wish, which the model's profile may overrule.
        parameters: The same in Google's subset of OpenAPI with upper-case types; one of
            the two, not both.
    """

    name: str
    description: str
    parameters_json_schema: dict[str, object] | None = None
    behavior: Behavior | None = None
    parameters: dict[str, object] | None = None


class Tool(Wire, frozen=True):
    """Functions that the model may call, or a search of Google's own."""

    function_declarations: tuple[FunctionDeclaration, ...] | None = None
    google_search: Empty | None = None


class PrebuiltVoiceConfig(Wire, frozen=True):
    """One of Google's voices, by name."""

    voice_name: str


class VoiceConfig(Wire, frozen=True):
    """Which voice speaks."""

    prebuilt_voice_config: PrebuiltVoiceConfig


class SpeechConfig(Wire, frozen=True):
    """How the reply sounds. Native-audio models choose the language themselves."""

    voice_config: VoiceConfig | None = None
    language_code: str | None = None


class ThinkingConfig(Wire, frozen=True):
    """How long the model thinks: a budget on 2.5, a level on 3.x."""

    thinking_budget: int | None = None
    thinking_level: ThinkingLevel | None = None
    include_thoughts: bool | None = None


class TranslationConfig(Wire, frozen=True):
    """Into which language a translating model translates."""

    target_language_code: str
    echo_target_language: bool | None = None


class GenerationConfig(Wire, frozen=True):
    """What the model produces; `enable_affective_dialog` wants v1alpha and 2.5."""

    response_modalities: tuple[Modality, ...]
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_output_tokens: int | None = None
    candidate_count: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    media_resolution: MediaResolution | None = None
    speech_config: SpeechConfig | None = None
    thinking_config: ThinkingConfig | None = None
    enable_affective_dialog: bool | None = None
    translation_config: TranslationConfig | None = None


class AutomaticActivityDetection(Wire, frozen=True):
    """The server's own end-pointing."""

    disabled: bool | None = None
    start_of_speech_sensitivity: StartSensitivity | None = None
    end_of_speech_sensitivity: EndSensitivity | None = None
    prefix_padding_ms: int | None = None
    silence_duration_ms: int | None = None


class RealtimeInputConfig(Wire, frozen=True):
    """What counts as a turn of the user."""

    automatic_activity_detection: AutomaticActivityDetection | None = None
    activity_handling: ActivityHandling | None = None
    turn_coverage: TurnCoverage | None = None


class SessionResumption(Wire, frozen=True):
    """`{}` asks for handles, one with a handle continues that session."""

    handle: str | None = None


class SlidingWindow(Wire, frozen=True):
    """How much of the newest history is kept; the model's half by default."""

    target_tokens: int | None = None


class ContextWindowCompression(Wire, frozen=True):
    """Forgetting the oldest turns, which lifts the 15-minute limit of a session."""

    sliding_window: SlidingWindow
    trigger_tokens: int | None = None


class AudioTranscription(Wire, frozen=True):
    """A transcript is wanted; `language_codes` are hints."""

    language_codes: tuple[str, ...] | None = None


class Proactivity(Wire, frozen=True):
    """Whether the model may stay silent: v1alpha and 2.5; always so on 3.8."""

    proactive_audio: bool | None = None
    proactive_video: bool | None = None


class HistoryConfig(Wire, frozen=True):
    """The first `clientContent` is history: it ends with `turnComplete` unanswered."""

    initial_history_in_client_content: bool


class Setup(Wire, frozen=True):
    """The session's terms (Live API reference, BidiGenerateContentSetup)."""

    model: str
    generation_config: GenerationConfig
    system_instruction: Content | None = None
    tools: tuple[Tool, ...] | None = None
    realtime_input_config: RealtimeInputConfig | None = None
    session_resumption: SessionResumption | None = None
    context_window_compression: ContextWindowCompression | None = None
    input_audio_transcription: AudioTranscription | None = None
    output_audio_transcription: AudioTranscription | None = None
    proactivity: Proactivity | None = None
    history_config: HistoryConfig | None = None


class GuideConfig(Wire, frozen=True):
    """The session's terms as the getting-started guide's code sample has them."""

    model: str
    response_modalities: tuple[Literal["AUDIO"], ...]
    system_instruction: Content
