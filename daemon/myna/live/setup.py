"""The first message of a session, from the configuration and the tools.

PURE. The reference's form is `setup`; the guide's code sample sends `config`, which
the real server refuses and the dialect "guide" reproduces to the letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from myna.config import LiveSettings
from myna.live.beginning import Beginning, SpokenTurn
from myna.live.messages import (
    ClientMessage,
    Content,
    GuideMessage,
    OpeningMessage,
    SetupMessage,
    text_content,
)
from myna.live.profiles import Profile, Seeding, bare_name, profile_for
from myna.live.seeding import told_as_content, told_as_history, told_in_words
from myna.live.setup_messages import (
    AudioTranscription,
    Behavior,
    ContextWindowCompression,
    FunctionDeclaration,
    GenerationConfig,
    GuideConfig,
    HistoryConfig,
    PrebuiltVoiceConfig,
    RealtimeInputConfig,
    SessionResumption,
    Setup,
    SlidingWindow,
    SpeechConfig,
    ThinkingConfig,
    Tool,
    VoiceConfig,
)

_FRESH: Final = Beginning()
_TRANSCRIPT: Final = AudioTranscription()


@dataclass(frozen=True, slots=True)
class Opening:
    """How a session is opened.

    Attributes:
        first: The message to send at once.
        then: What follows as soon as the server is ready, before any input.
    """

    first: OpeningMessage
    then: tuple[ClientMessage, ...] = ()


def opening_for(
    settings: LiveSettings,
    declarations: Sequence[FunctionDeclaration],
    *,
    has_camera: bool,
    beginning: Beginning = _FRESH,
) -> Opening:
    """Compose the opening in the configured dialect.

    Args:
        settings: `[live]`.
        declarations: The tools, with a wish for their `behavior`.
        has_camera: Whether stills will be sent. Without a camera a turn is pinned to
            speech; with one, what the user shows between the words belongs to it.
        beginning: What came before. The guide's dialect has no place for it, nor for
            tools: there every session begins anew.
    """
    if settings.dialect == "guide":
        return Opening(GuideMessage(config=_guide_config(settings)))
    return _Composer(settings, beginning).opening(declarations, has_camera=has_camera)


def _guide_config(settings: LiveSettings) -> GuideConfig:
    return GuideConfig(
        model=_full_name(settings.model),
        response_modalities=("AUDIO",),
        system_instruction=text_content(settings.instruction),
    )


def _full_name(model: str) -> str:
    return f"models/{bare_name(model)}"


class _Composer:
    """Writes one setup.

    A plain one has what the conservative model takes and needs to do its work: model,
    audio, voice, instruction, transcripts, resumption and tools, and the thinking level
    of a model that opens no session without.
    """

    def __init__(self, settings: LiveSettings, beginning: Beginning) -> None:
        self._settings = settings
        self._beginning = beginning
        self._profile: Profile = profile_for(settings.model)

    def opening(self, declarations: Sequence[FunctionDeclaration], *, has_camera: bool) -> Opening:
        setup = Setup(
            model=_full_name(self._settings.model),
            generation_config=self._generation_config(),
            system_instruction=self._instruction(),
            tools=self._tools(declarations),
            realtime_input_config=self._input_config(has_camera=has_camera),
            session_resumption=SessionResumption(handle=self._beginning.handle or None),
            context_window_compression=self._compression(),
            input_audio_transcription=_TRANSCRIPT,
            output_audio_transcription=_TRANSCRIPT,
            history_config=self._history_config(),
        )
        return Opening(SetupMessage(setup=setup), self._follow_ups())

    def _generation_config(self) -> GenerationConfig:
        voice, level = self._settings.voice, self._profile.thinking_level
        return GenerationConfig(
            response_modalities=("AUDIO",),
            speech_config=_speech_config(voice) if voice else None,
            thinking_config=ThinkingConfig(thinking_level=level) if level else None,
        )

    def _instruction(self) -> Content | None:
        told = told_in_words(self._history) if self._seeds("instruction") else ""
        paragraphs = tuple(filter(None, (self._settings.instruction, told)))
        return text_content(*paragraphs) if paragraphs else None

    def _tools(self, declarations: Sequence[FunctionDeclaration]) -> tuple[Tool, ...] | None:
        if not declarations:
            return None
        fitted = tuple(replace(each, behavior=self._behavior(each)) for each in declarations)
        return (Tool(function_declarations=fitted),)

    def _behavior(self, tool: FunctionDeclaration) -> Behavior | None:
        return None if self._beginning.is_plain else self._profile.behavior(tool.behavior)

    def _input_config(self, *, has_camera: bool) -> RealtimeInputConfig | None:
        coverage = self._profile.camera_coverage if has_camera else "TURN_INCLUDES_ONLY_ACTIVITY"
        if coverage is None or self._beginning.is_plain:
            return None
        return RealtimeInputConfig(turn_coverage=coverage)

    def _compression(self) -> ContextWindowCompression | None:
        if self._beginning.is_plain:
            return None
        return ContextWindowCompression(
            trigger_tokens=self._settings.compress_at_tokens,
            sliding_window=SlidingWindow(target_tokens=self._settings.compress_to_tokens),
        )

    def _history_config(self) -> HistoryConfig | None:
        """A server that was promised a history takes the next turn for it: promise none."""
        is_told = self._seeds("history")
        return HistoryConfig(initial_history_in_client_content=True) if is_told else None

    def _follow_ups(self) -> tuple[ClientMessage, ...]:
        if self._seeds("history"):
            return (told_as_history(self._history),)
        if self._seeds("content"):
            return (told_as_content(self._history),)
        return ()

    @property
    def _history(self) -> tuple[SpokenTurn, ...]:
        return tuple(turn for turn in self._beginning.history if turn.text.strip())

    def _seeds(self, way: Seeding) -> bool:
        """Tell whether there is a history to tell, and this is the way to tell it."""
        chosen = "instruction" if self._beginning.is_plain else self._profile.seeding
        return bool(self._history) and not self._beginning.handle and chosen == way


def _speech_config(voice: str) -> SpeechConfig:
    prebuilt = PrebuiltVoiceConfig(voice_name=voice)
    return SpeechConfig(voice_config=VoiceConfig(prebuilt_voice_config=prebuilt))
