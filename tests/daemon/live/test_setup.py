from __future__ import annotations

import json
from typing import Any

import pytest

from myna.config import LiveSettings
from myna.live.messages import FunctionDeclaration, serialize
from myna.live.setup import opening_for

CLOCK = FunctionDeclaration(
    name="get_time",
    description="What time it is.",
    parameters_json_schema={"type": "object", "properties": {}},
)
ALL_MODELS = (
    "gemini-3.8-live",
    "gemini-3.8-live-extended-thinking",
    "gemini-3.1-flash-live-preview",
    "gemini-2.5-flash-native-audio-preview-12-2025",
    "my-model",
)


def opening(
    settings: LiveSettings, *declarations: FunctionDeclaration, has_camera: bool = False
) -> dict[str, Any]:
    message = opening_for(settings, declarations, has_camera=has_camera)
    plain: dict[str, Any] = json.loads(serialize(message))
    return plain


def test_setup_is_the_reference_handshake() -> None:
    settings = LiveSettings(model="gemini-3.8-live", voice="Kore", instruction="Be brief.")

    assert opening(settings, CLOCK) == {
        "setup": {
            "model": "models/gemini-3.8-live",
            "generationConfig": {
                "responseModalities": ["AUDIO"],
                "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Kore"}}},
            },
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "tools": [
                {
                    "functionDeclarations": [
                        {
                            "name": "get_time",
                            "description": "What time it is.",
                            "parametersJsonSchema": {"type": "object", "properties": {}},
                            "behavior": "BLOCKING",
                        }
                    ]
                }
            ],
            "realtimeInputConfig": {"turnCoverage": "TURN_INCLUDES_ONLY_ACTIVITY"},
            "sessionResumption": {},
            "contextWindowCompression": {"slidingWindow": {}},
            "inputAudioTranscription": {},
            "outputAudioTranscription": {},
        }
    }


def test_guide_dialect_is_the_guide_to_the_letter() -> None:
    settings = LiveSettings(
        model="gemini-2.5-flash-native-audio-preview-12-2025",
        dialect="guide",
        instruction="You are a helpful assistant.",
    )

    assert opening(settings, CLOCK) == {
        "config": {
            "model": "models/gemini-2.5-flash-native-audio-preview-12-2025",
            "responseModalities": ["AUDIO"],
            "systemInstruction": {"parts": [{"text": "You are a helpful assistant."}]},
        }
    }


def test_setup_leaves_out_what_is_not_wanted() -> None:
    setup = opening(LiveSettings(voice="", instruction=""))["setup"]

    assert setup["generationConfig"] == {"responseModalities": ["AUDIO"]}
    assert not {"systemInstruction", "tools"} & setup.keys()


def test_setup_does_not_double_the_prefix() -> None:
    setup = opening(LiveSettings(model="models/my-model"))["setup"]

    assert setup["model"] == "models/my-model"


@pytest.mark.parametrize(
    ("model", "behavior"),
    list(zip(ALL_MODELS, ["BLOCKING", "NON_BLOCKING", None, "BLOCKING", None], strict=True)),
)
def test_declarations_state_the_behavior_where_the_model_knows_it(
    model: str, behavior: str | None
) -> None:
    setup = opening(LiveSettings(model=model), CLOCK)["setup"]

    (declaration,) = setup["tools"][0]["functionDeclarations"]
    assert declaration.get("behavior") == behavior
    assert (behavior is None) == ("behavior" not in declaration)


@pytest.mark.parametrize("model", ALL_MODELS)
def test_thinking_is_configured_only_where_it_must_be(model: str) -> None:
    config = opening(LiveSettings(model=model))["setup"]["generationConfig"]

    expected = {"thinkingLevel": "LOW"} if model.endswith("extended-thinking") else None
    assert config.get("thinkingConfig") == expected


@pytest.mark.parametrize("model", ALL_MODELS)
def test_a_camera_widens_the_turn_where_the_default_is_too_narrow(model: str) -> None:
    setup = opening(LiveSettings(model=model), has_camera=True)["setup"]

    widened = {"turnCoverage": "TURN_INCLUDES_ALL_INPUT"} if "2.5" in model else None
    assert setup.get("realtimeInputConfig") == widened
