from __future__ import annotations

import json
from typing import Any, Literal

import msgspec
import pytest

from myna.config import LiveSettings
from myna.live.beginning import Beginning, SpokenTurn
from myna.live.messages import FunctionDeclaration, serialize
from myna.live.setup import opening_for
from myna.simulator.schema import V1BETA
from myna.simulator.validation import read_message

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


FRESH = Beginning()
SAID = (SpokenTurn("user", "My name is Ada."), SpokenTurn("model", "Hello, Ada."))
ASKED = (*SAID, SpokenTurn("user", "What is my name?"))


def opening(
    settings: LiveSettings,
    *declarations: FunctionDeclaration,
    has_camera: bool = False,
    beginning: Beginning = FRESH,
) -> dict[str, Any]:
    composed = opening_for(settings, declarations, has_camera=has_camera, beginning=beginning)
    plain: dict[str, Any] = json.loads(serialize(composed.first))
    return plain


def follow_ups(model: str, beginning: Beginning) -> list[dict[str, Any]]:
    composed = opening_for(LiveSettings(model=model), (), has_camera=False, beginning=beginning)
    return [json.loads(serialize(each)) for each in composed.then]


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
            "contextWindowCompression": {
                "triggerTokens": 25_000,
                "slidingWindow": {"targetTokens": 8_000},
            },
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
    ("wish", "behaviors"),
    [
        (None, ["BLOCKING", "NON_BLOCKING", None, "BLOCKING", None]),
        ("BLOCKING", ["BLOCKING", "NON_BLOCKING", None, "BLOCKING", None]),
        ("NON_BLOCKING", ["NON_BLOCKING", "NON_BLOCKING", None, "NON_BLOCKING", None]),
    ],
)
def test_declarations_state_the_behavior_that_the_model_can_have(
    wish: Literal["BLOCKING", "NON_BLOCKING"] | None, behaviors: list[str | None]
) -> None:
    tool = msgspec.structs.replace(CLOCK, behavior=wish)

    for model, behavior in zip(ALL_MODELS, behaviors, strict=True):
        setup = opening(LiveSettings(model=model), tool)["setup"]
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


def test_compression_is_as_configured() -> None:
    settings = LiveSettings(compress_at_tokens=50_000, compress_to_tokens=10_000)

    assert opening(settings)["setup"]["contextWindowCompression"] == {
        "triggerTokens": 50_000,
        "slidingWindow": {"targetTokens": 10_000},
    }


@pytest.mark.parametrize("model", ALL_MODELS)
def test_a_resumed_session_names_its_handle_and_is_told_nothing(model: str) -> None:
    beginning = Beginning(handle="h-1", history=SAID)

    setup = opening(LiveSettings(model=model), beginning=beginning)["setup"]

    assert setup["sessionResumption"] == {"handle": "h-1"}
    assert "historyConfig" not in setup
    assert "Ada" not in json.dumps(setup)
    assert follow_ups(model, beginning) == []


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize("history", [(), (SpokenTurn("user", " "),)])
def test_a_fresh_session_without_a_history_promises_none(
    model: str, history: tuple[SpokenTurn, ...]
) -> None:
    beginning = Beginning(history=history)

    setup = opening(LiveSettings(model=model), beginning=beginning)["setup"]

    assert setup["sessionResumption"] == {}
    assert "historyConfig" not in setup
    assert follow_ups(model, beginning) == []


@pytest.mark.parametrize("model", [each for each in ALL_MODELS if each.startswith("gemini-3")])
def test_a_fresh_session_is_told_what_was_said_as_its_history(model: str) -> None:
    beginning = Beginning(history=SAID)

    setup = opening(LiveSettings(model=model), beginning=beginning)["setup"]

    assert setup["historyConfig"] == {"initialHistoryInClientContent": True}
    assert follow_ups(model, beginning) == [
        {
            "clientContent": {
                "turns": [
                    {"role": "user", "parts": [{"text": "My name is Ada."}]},
                    {"role": "model", "parts": [{"text": "Hello, Ada."}]},
                ],
                "turnComplete": True,
            }
        }
    ]


@pytest.mark.parametrize(("history", "last"), [(SAID, " "), (ASKED, "What is my name?")])
def test_a_model_without_a_history_is_told_in_a_turn_that_ends_with_the_user(
    history: tuple[SpokenTurn, ...], last: str
) -> None:
    model, beginning = "gemini-2.5-flash-native-audio-latest", Beginning(history=history)

    (told,) = follow_ups(model, beginning)

    assert "historyConfig" not in opening(LiveSettings(model=model), beginning=beginning)["setup"]
    assert len(told["clientContent"]["turns"]) == 3
    assert told["clientContent"]["turns"][-1] == {"role": "user", "parts": [{"text": last}]}


@pytest.mark.parametrize("instruction", ["Be brief.", ""])
def test_an_unknown_model_is_told_in_its_instruction(instruction: str) -> None:
    settings = LiveSettings(model="my-model", instruction=instruction)

    setup = opening(settings, beginning=Beginning(history=SAID))["setup"]

    *own, told = [part["text"] for part in setup["systemInstruction"]["parts"]]
    assert own == ([instruction] if instruction else [])
    assert told.endswith("User: My name is Ada.\nYou: Hello, Ada.")
    assert follow_ups("my-model", Beginning(history=SAID)) == []


@pytest.mark.parametrize("model", ALL_MODELS)
def test_a_plain_setup_has_only_what_every_model_takes(model: str) -> None:
    plain = Beginning(is_plain=True)

    setup = opening(LiveSettings(model=model), CLOCK, has_camera=True, beginning=plain)["setup"]

    assert setup.keys() == {
        "model",
        "generationConfig",
        "systemInstruction",
        "tools",
        "sessionResumption",
        "inputAudioTranscription",
        "outputAudioTranscription",
    }
    assert "behavior" not in setup["tools"][0]["functionDeclarations"][0]
    has_level = "thinkingConfig" in setup["generationConfig"]
    assert has_level == model.endswith("extended-thinking")


@pytest.mark.parametrize("model", ALL_MODELS)
def test_a_plain_setup_tells_what_was_said_without_another_field(model: str) -> None:
    beginning = Beginning(history=SAID, is_plain=True)

    setup = opening(LiveSettings(model=model), beginning=beginning)["setup"]

    assert "Hello, Ada." in setup["systemInstruction"]["parts"][-1]["text"]
    assert follow_ups(model, beginning) == []


def test_a_plain_setup_still_resumes() -> None:
    beginning = Beginning(handle="h-1", is_plain=True)

    setup = opening(LiveSettings(), beginning=beginning)["setup"]

    assert setup["sessionResumption"] == {"handle": "h-1"}


def test_guide_dialect_has_no_place_for_what_came_before() -> None:
    settings = LiveSettings(dialect="guide", instruction="Be brief.")
    fresh = opening_for(settings, (), has_camera=False)

    for beginning in (Beginning(handle="h"), Beginning(history=SAID), Beginning(is_plain=True)):
        assert opening_for(settings, (), has_camera=True, beginning=beginning) == fresh
    assert fresh.then == ()


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize(
    "beginning", [FRESH, Beginning(handle="h"), Beginning(history=ASKED), Beginning(is_plain=True)]
)
@pytest.mark.parametrize("has_camera", [True, False])
def test_a_server_knows_every_field_of_every_opening(
    model: str, beginning: Beginning, has_camera: bool
) -> None:
    composed = opening_for(
        LiveSettings(model=model), (CLOCK,), has_camera=has_camera, beginning=beginning
    )

    for message in (composed.first, *composed.then):
        read_message(serialize(message), V1BETA)
