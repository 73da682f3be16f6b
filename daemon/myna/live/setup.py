"""The first message of a session, from the configuration and the tools.

PURE. The reference's form is `setup`; the guide's code sample sends `config`, which
the real server refuses and the dialect "guide" reproduces to the letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from myna.config import LiveSettings
from myna.live.messages import (
    ContextWindowCompression,
    Empty,
    FunctionDeclaration,
    GenerationConfig,
    GuideConfig,
    GuideMessage,
    OpeningMessage,
    PrebuiltVoiceConfig,
    RealtimeInputConfig,
    Setup,
    SetupMessage,
    SpeechConfig,
    TextContent,
    TextPart,
    ThinkingConfig,
    Tool,
    VoiceConfig,
)
from myna.live.profiles import Profile, bare_name, profile_for

_ON: Final = Empty()


def opening_for(
    settings: LiveSettings,
    declarations: Sequence[FunctionDeclaration],
    *,
    has_camera: bool,
) -> OpeningMessage:
    """Compose the first message in the configured dialect.

    Args:
        settings: `[live]`.
        declarations: The tools; the guide's dialect has no place for them.
        has_camera: Whether stills will be sent. Without a camera a turn is pinned to
            speech; with one, what the user shows between the words belongs to it.
    """
    if settings.dialect == "guide":
        return GuideMessage(config=_guide_config(settings))
    return SetupMessage(setup=_setup(settings, declarations, has_camera=has_camera))


def _guide_config(settings: LiveSettings) -> GuideConfig:
    return GuideConfig(
        model=_full_name(settings.model),
        response_modalities=("AUDIO",),
        system_instruction=_text(settings.instruction),
    )


def _setup(
    settings: LiveSettings, declarations: Sequence[FunctionDeclaration], *, has_camera: bool
) -> Setup:
    profile = profile_for(settings.model)
    return Setup(
        model=_full_name(settings.model),
        generation_config=_generation_config(settings.voice, profile),
        system_instruction=_text(settings.instruction) if settings.instruction else None,
        tools=_tools(declarations, profile),
        realtime_input_config=_realtime_input_config(profile, has_camera=has_camera),
        session_resumption=_ON,
        context_window_compression=ContextWindowCompression(sliding_window=_ON),
        input_audio_transcription=_ON,
        output_audio_transcription=_ON,
    )


def _full_name(model: str) -> str:
    return f"models/{bare_name(model)}"


def _text(text: str) -> TextContent:
    return TextContent(parts=(TextPart(text=text),))


def _generation_config(voice: str, profile: Profile) -> GenerationConfig:
    level = profile.thinking_level
    return GenerationConfig(
        response_modalities=("AUDIO",),
        speech_config=_speech_config(voice) if voice else None,
        thinking_config=ThinkingConfig(thinking_level=level) if level else None,
    )


def _speech_config(voice: str) -> SpeechConfig:
    prebuilt = PrebuiltVoiceConfig(voice_name=voice)
    return SpeechConfig(voice_config=VoiceConfig(prebuilt_voice_config=prebuilt))


def _tools(
    declarations: Sequence[FunctionDeclaration], profile: Profile
) -> tuple[Tool, ...] | None:
    if not declarations:
        return None
    stated = tuple(replace(each, behavior=profile.behavior) for each in declarations)
    return (Tool(function_declarations=stated),)


def _realtime_input_config(profile: Profile, *, has_camera: bool) -> RealtimeInputConfig | None:
    coverage = profile.camera_coverage if has_camera else "TURN_INCLUDES_ONLY_ACTIVITY"
    return RealtimeInputConfig(turn_coverage=coverage) if coverage else None
