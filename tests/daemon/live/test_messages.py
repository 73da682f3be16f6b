from __future__ import annotations

import base64
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.live.messages import (
    Blob,
    ClientContent,
    ClientContentMessage,
    ClientMessage,
    ContextWindowCompression,
    Empty,
    FunctionDeclaration,
    FunctionResponse,
    GenerationConfig,
    GuideConfig,
    GuideMessage,
    PrebuiltVoiceConfig,
    RealtimeInput,
    RealtimeInputConfig,
    RealtimeInputMessage,
    Setup,
    SetupMessage,
    SpeechConfig,
    TextContent,
    TextPart,
    ThinkingConfig,
    Tool,
    ToolResponse,
    ToolResponseMessage,
    VoiceConfig,
    serialize,
)

words = st.text(max_size=20)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=10,
)
json_objects = st.dictionaries(words, json_values, max_size=3)


def tuples_of(item: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(item, max_size=3).map(tuple)


texts = st.builds(
    TextContent,
    parts=tuples_of(st.builds(TextPart, text=words)),
    role=st.sampled_from(["user", "model", None]),
)
blobs = st.builds(Blob, mime_type=words, data=st.binary(max_size=50))
declarations = st.builds(
    FunctionDeclaration,
    name=words,
    description=words,
    parameters_json_schema=json_objects,
    behavior=st.sampled_from(["BLOCKING", "NON_BLOCKING", None]),
)
voices = st.builds(VoiceConfig, prebuilt_voice_config=st.builds(PrebuiltVoiceConfig, words))
switches = st.none() | st.builds(Empty)
setups = st.builds(
    Setup,
    model=words,
    generation_config=st.builds(
        GenerationConfig,
        response_modalities=st.just(("AUDIO",)),
        speech_config=st.none() | st.builds(SpeechConfig, voice_config=voices),
        thinking_config=st.none() | st.builds(ThinkingConfig, st.sampled_from(["LOW", "HIGH"])),
    ),
    system_instruction=st.none() | texts,
    tools=st.none() | tuples_of(st.builds(Tool, tuples_of(declarations))),
    realtime_input_config=st.none()
    | st.builds(RealtimeInputConfig, st.sampled_from(["TURN_INCLUDES_ALL_INPUT", None])),
    session_resumption=switches,
    context_window_compression=st.none() | st.builds(ContextWindowCompression, st.builds(Empty)),
    input_audio_transcription=switches,
    output_audio_transcription=switches,
)
inputs = st.one_of(
    st.builds(RealtimeInput, audio=blobs),
    st.builds(RealtimeInput, video=blobs),
    st.builds(RealtimeInput, text=words),
    st.just(RealtimeInput(audio_stream_end=True)),
)
answers = st.builds(FunctionResponse, id=words, name=words, response=json_objects)
messages: st.SearchStrategy[ClientMessage] = st.one_of(
    st.builds(SetupMessage, setups),
    st.builds(GuideMessage, st.builds(GuideConfig, words, st.just(("AUDIO",)), texts)),
    st.builds(RealtimeInputMessage, inputs),
    st.builds(
        ClientContentMessage,
        st.builds(ClientContent, turn_complete=st.booleans(), turns=st.none() | tuples_of(texts)),
    ),
    st.builds(ToolResponseMessage, st.builds(ToolResponse, tuples_of(answers))),
)


def nulls_outside_tool_words(value: object) -> int:
    if isinstance(value, dict):
        own = {k: v for k, v in value.items() if k not in {"response", "parametersJsonSchema"}}
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


def test_audio_travels_as_base64_under_camel_case_keys() -> None:
    message = RealtimeInputMessage(
        realtime_input=RealtimeInput(audio=Blob(mime_type="audio/pcm;rate=16000", data=b"\xfb\xff"))
    )

    assert json.loads(serialize(message)) == {
        "realtimeInput": {
            "audio": {
                "mimeType": "audio/pcm;rate=16000",
                "data": base64.b64encode(b"\xfb\xff").decode(),
            }
        }
    }


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_lacks_becomes_null(number: float) -> None:
    answer = FunctionResponse(id="1", name="x", response={"output": number})
    message = ToolResponseMessage(tool_response=ToolResponse(function_responses=(answer,)))

    assert '"response":{"output":null}' in serialize(message)
