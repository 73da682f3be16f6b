from __future__ import annotations

import base64
import json
import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.live import content, setup_messages
from myna.live.messages import (
    Blob,
    ClientContent,
    ClientContentMessage,
    ClientMessage,
    Content,
    Empty,
    FunctionResponse,
    GuideMessage,
    Part,
    RealtimeInput,
    RealtimeInputMessage,
    SetupMessage,
    ToolResponse,
    ToolResponseMessage,
    serialize,
    text_content,
)
from myna.live.wire import Wire

words = st.text(max_size=20)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=10,
)
json_objects = st.dictionaries(words, json_values, max_size=3)
blobs = st.builds(Blob, mime_type=words, data=st.binary(max_size=50))

TOOL_WORDS = {"response", "args", "parameters", "parametersJsonSchema"}
"""Keys whose value is a tool's own."""


def values_of(kind: object) -> st.SearchStrategy[typing.Any]:
    """Draw values of the type of a field of our messages."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin is dict:
        return json_objects
    if origin is tuple:
        return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
    if arguments:
        return st.one_of([values_of(each) for each in arguments])
    if isinstance(kind, type) and issubclass(kind, Wire):
        return any_of(kind)
    simple = {
        type(None): st.none(),
        str: words,
        int: st.integers(-(2**31), 2**31),
        float: st.floats(allow_nan=False, allow_infinity=False, width=32),
        bool: st.booleans(),
        bytes: st.binary(max_size=20),
    }
    return simple[typing.cast("type", kind)]


def any_of(kind: type[Wire]) -> st.SearchStrategy[typing.Any]:
    """Draw messages of this type, with any of its members."""
    fields = typing.get_type_hints(kind)
    return st.deferred(
        lambda: st.builds(kind, **{name: values_of(each) for name, each in fields.items()})
    )


inputs = st.one_of(
    st.builds(RealtimeInput, audio=blobs),
    st.builds(RealtimeInput, video=blobs),
    st.builds(RealtimeInput, text=words),
    st.just(RealtimeInput(audio_stream_end=True)),
    st.just(RealtimeInput(activity_start=Empty())),
    st.just(RealtimeInput(activity_end=Empty())),
)
messages: st.SearchStrategy[ClientMessage] = st.one_of(
    any_of(SetupMessage),
    any_of(GuideMessage),
    st.builds(RealtimeInputMessage, inputs),
    any_of(ClientContentMessage),
    any_of(ToolResponseMessage),
)


def nulls_outside_tool_words(value: object) -> int:
    if isinstance(value, dict):
        own = {k: v for k, v in value.items() if k not in TOOL_WORDS}
        return sum(nulls_outside_tool_words(each) for each in own.values())
    if isinstance(value, list):
        return sum(nulls_outside_tool_words(each) for each in value)
    return int(value is None)


@given(messages)
def test_a_message_survives_the_wire(message: ClientMessage) -> None:
    assert msgspec.json.decode(serialize(message), type=type(message)) == message


@given(messages)
def test_a_message_has_one_key_and_no_null(message: ClientMessage) -> None:
    plain = json.loads(serialize(message))

    assert len(plain) == 1
    assert nulls_outside_tool_words(plain) == 0


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        (
            RealtimeInput(audio=Blob(mime_type="audio/pcm;rate=16000", data=b"\xfb\xff")),
            {"audio": {"mimeType": "audio/pcm;rate=16000", "data": "+/8="}},
        ),
        (RealtimeInput(audio_stream_end=True), {"audioStreamEnd": True}),
        (RealtimeInput(activity_start=Empty()), {"activityStart": {}}),
        (RealtimeInput(activity_end=Empty()), {"activityEnd": {}}),
        (RealtimeInput(text=""), {"text": ""}),
    ],
)
def test_input_of_every_kind_travels_under_its_name(message: RealtimeInput, plain: object) -> None:
    assert json.loads(serialize(RealtimeInputMessage(realtime_input=message))) == {
        "realtimeInput": plain
    }


def test_history_may_hold_text_pictures_calls_and_answers() -> None:
    answer = FunctionResponse(id="1", name="look", response={"output": "a cat"})
    turns = (
        text_content("What is this?", role="user"),
        Content(role="user", parts=(Part(inline_data=Blob(mime_type="image/jpeg", data=b"\xff")),)),
        Content(
            role="model",
            parts=(Part(function_call=content.FunctionCall(id="1", name="look", args={})),),
        ),
        Content(role="user", parts=(Part(function_response=answer),)),
    )
    message = ClientContentMessage(client_content=ClientContent(turns=turns, turn_complete=False))

    assert json.loads(serialize(message))["clientContent"] == {
        "turns": [
            {"role": "user", "parts": [{"text": "What is this?"}]},
            {"role": "user", "parts": [{"inlineData": {"mimeType": "image/jpeg", "data": "/w=="}}]},
            {"role": "model", "parts": [{"functionCall": {"id": "1", "name": "look", "args": {}}}]},
            {
                "role": "user",
                "parts": [
                    {
                        "functionResponse": {
                            "id": "1",
                            "name": "look",
                            "response": {"output": "a cat"},
                        }
                    }
                ],
            },
        ],
        "turnComplete": False,
    }


def test_a_full_answer_carries_when_and_what() -> None:
    answer = FunctionResponse(
        id="1",
        name="look",
        response={"output": "see the picture"},
        scheduling="INTERRUPT",
        will_continue=False,
        parts=(content.FunctionResponsePart(Blob(mime_type="image/jpeg", data=b"\xff\xd8")),),
    )
    message = ToolResponseMessage(tool_response=ToolResponse(function_responses=(answer,)))

    (plain,) = json.loads(serialize(message))["toolResponse"]["functionResponses"]
    assert plain == {
        "id": "1",
        "name": "look",
        "response": {"output": "see the picture"},
        "scheduling": "INTERRUPT",
        "willContinue": False,
        "parts": [
            {
                "inlineData": {
                    "mimeType": "image/jpeg",
                    "data": base64.b64encode(b"\xff\xd8").decode(),
                }
            }
        ],
    }


def test_a_full_setup_has_the_names_of_the_reference() -> None:
    setup = setup_messages.Setup(
        model="models/x",
        generation_config=setup_messages.GenerationConfig(
            response_modalities=("AUDIO",),
            temperature=0.5,
            top_p=0.9,
            top_k=40,
            max_output_tokens=100,
            media_resolution="MEDIA_RESOLUTION_LOW",
            thinking_config=setup_messages.ThinkingConfig(thinking_budget=0),
            enable_affective_dialog=True,
        ),
        tools=(
            setup_messages.Tool(google_search=Empty()),
            setup_messages.Tool(
                function_declarations=(
                    setup_messages.FunctionDeclaration("f", "F.", parameters={"type": "OBJECT"}),
                )
            ),
        ),
        realtime_input_config=setup_messages.RealtimeInputConfig(
            automatic_activity_detection=setup_messages.AutomaticActivityDetection(
                disabled=False,
                start_of_speech_sensitivity="START_SENSITIVITY_LOW",
                end_of_speech_sensitivity="END_SENSITIVITY_LOW",
                prefix_padding_ms=20,
                silence_duration_ms=800,
            ),
            activity_handling="NO_INTERRUPTION",
            turn_coverage="TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO",
        ),
        session_resumption=setup_messages.SessionResumption(handle="h"),
        context_window_compression=setup_messages.ContextWindowCompression(
            trigger_tokens=25_000, sliding_window=setup_messages.SlidingWindow(8_000)
        ),
        input_audio_transcription=setup_messages.AudioTranscription(("de-DE",)),
        output_audio_transcription=setup_messages.AudioTranscription(),
        proactivity=setup_messages.Proactivity(proactive_audio=True),
        history_config=setup_messages.HistoryConfig(initial_history_in_client_content=True),
    )

    assert json.loads(serialize(SetupMessage(setup=setup)))["setup"] == {
        "model": "models/x",
        "generationConfig": {
            "responseModalities": ["AUDIO"],
            "temperature": 0.5,
            "topP": 0.9,
            "topK": 40,
            "maxOutputTokens": 100,
            "mediaResolution": "MEDIA_RESOLUTION_LOW",
            "thinkingConfig": {"thinkingBudget": 0},
            "enableAffectiveDialog": True,
        },
        "tools": [
            {"googleSearch": {}},
            {
                "functionDeclarations": [
                    {"name": "f", "description": "F.", "parameters": {"type": "OBJECT"}}
                ]
            },
        ],
        "realtimeInputConfig": {
            "automaticActivityDetection": {
                "disabled": False,
                "startOfSpeechSensitivity": "START_SENSITIVITY_LOW",
                "endOfSpeechSensitivity": "END_SENSITIVITY_LOW",
                "prefixPaddingMs": 20,
                "silenceDurationMs": 800,
            },
            "activityHandling": "NO_INTERRUPTION",
            "turnCoverage": "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO",
        },
        "sessionResumption": {"handle": "h"},
        "contextWindowCompression": {
            "triggerTokens": 25_000,
            "slidingWindow": {"targetTokens": 8_000},
        },
        "inputAudioTranscription": {"languageCodes": ["de-DE"]},
        "outputAudioTranscription": {},
        "proactivity": {"proactiveAudio": True},
        "historyConfig": {"initialHistoryInClientContent": True},
    }


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_lacks_becomes_null(number: float) -> None:
    answer = FunctionResponse(id="1", name="x", response={"output": [number, {"n": number}]})
    message = ToolResponseMessage(tool_response=ToolResponse(function_responses=(answer,)))

    assert '"response":{"output":[null,{"n":null}]}' in serialize(message)
