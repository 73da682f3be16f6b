from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.live.server_messages import ServerMessage, parse
from myna.live.spelling import respelled


def snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


def in_snake_case(tree: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(tree, dict):
        return {
            snake(key): value if key == "args" else in_snake_case(value)
            for key, value in tree.items()
        }
    return [in_snake_case(each) for each in tree] if isinstance(tree, list) else tree


EVERYTHING: dict[str, Any] = {
    "setupComplete": {"sessionId": "s"},
    "serverContent": {
        "modelTurn": {
            "role": "model",
            "parts": [
                {"text": "Hm.", "thought": True, "thoughtSignature": "+/8="},
                {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": "+/+/+w=="}},
                {"executableCode": {"language": "PYTHON", "code": "1"}},
                {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}},
            ],
        },
        "inputTranscription": {"text": "hi", "finished": True, "languageCode": "en-US"},
        "interimInputTranscription": {"text": "h"},
        "outputTranscription": {"text": "Hi"},
        "interrupted": True,
        "generationComplete": True,
        "turnComplete": True,
        "turnCompleteReason": "NEED_MORE_INPUT",
        "waitingForInput": True,
        "interactionStatus": "IDLE",
        "groundingMetadata": {"webSearchQueries": ["x"]},
        "urlContextMetadata": {},
    },
    "toolCall": {"functionCalls": [{"id": "1", "name": "a", "args": {"due_s": 1, "dueS": 2}}]},
    "toolCallCancellation": {"ids": ["2"]},
    "goAway": {"timeLeft": "50s"},
    "sessionResumptionUpdate": {"newHandle": "h", "resumable": True},
    "usageMetadata": {
        "promptTokenCount": 1,
        "responseTokenCount": 2,
        "candidatesTokenCount": 3,
        "thoughtsTokenCount": 4,
        "toolUsePromptTokenCount": 5,
        "cachedContentTokenCount": 6,
        "totalTokenCount": 7,
        "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 1}],
        "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": 2}],
        "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 3}],
        "toolUsePromptTokensDetails": [{"modality": "TEXT", "tokenCount": 5}],
        "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 6}],
    },
    "voiceActivity": {"type": "ACTIVITY_START", "audioOffset": "0.840s"},
    "voiceActivityDetectionSignal": {"vadSignalType": "VAD_SIGNAL_TYPE_SOS"},
    "interactionStatus": "IDLE",
    "error": {"code": 1, "message": "m", "status": "s"},
}


def leaves_nothing_unread(message: ServerMessage, plain: dict[str, Any]) -> bool:
    return all(getattr(message, snake(key)) for key in plain)


def test_every_message_is_read_in_both_spellings() -> None:
    camel = parse(json.dumps(EVERYTHING).encode())

    assert leaves_nothing_unread(camel, EVERYTHING)
    assert camel.server_content is not None
    assert leaves_nothing_unread_in_content(camel)
    assert parse(json.dumps(in_snake_case(EVERYTHING))) == camel


def leaves_nothing_unread_in_content(message: ServerMessage) -> bool:
    content, plain = message.server_content, EVERYTHING["serverContent"]
    usage, counts = message.usage_metadata, EVERYTHING["usageMetadata"]
    return all(getattr(content, snake(key)) is not None for key in plain) and all(
        getattr(usage, snake(key)) for key in counts
    )


@pytest.mark.parametrize("key", ["toolCall", "tool_call"])
def test_the_arguments_of_a_tool_keep_their_names(key: str) -> None:
    args = {"due_s": 1, "dueS": 2, "inner_args": [{"data": "-_8", "some_thing": None}]}
    calls = {"functionCalls": [{"id": "1", "name": "a", "args": args}]}

    message = parse(json.dumps({key: calls}))

    assert message.tool_call is not None
    assert message.tool_call.function_calls[0].args == args


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padding", ["kept", "dropped"])
@given(data=st.binary(max_size=60))
def test_both_base64_alphabets_are_read_padded_or_not(
    encode: Any,  # noqa: ANN401 - the two have no common type
    padding: str,
    data: bytes,
) -> None:
    text = encode(data).decode()
    text = text if padding == "kept" else text.rstrip("=")
    part = {"inlineData": {"mimeType": "audio/pcm", "data": text}}

    message = parse(json.dumps({"serverContent": {"modelTurn": {"parts": [part]}}}))

    assert message.server_content is not None
    assert message.server_content.model_turn is not None
    blob = message.server_content.model_turn.parts[0].inline_data
    assert blob is not None
    assert blob.data == data


@pytest.mark.parametrize("text", ["A", "AAA==", "AA=", "====", "=AAA", "A A=", "AA\n==", "ÄAA="])
def test_what_is_no_base64_is_refused(text: str) -> None:
    part = {"inlineData": {"mimeType": "audio/pcm", "data": text}}

    with pytest.raises(ValueError, match="base64"):
        parse(json.dumps({"serverContent": {"modelTurn": {"parts": [part]}}}))


def test_nulls_are_absent_members() -> None:
    plain = {"serverContent": {"interrupted": None, "turnComplete": True}, "goAway": None}

    message = parse(json.dumps(plain))

    assert message == parse('{"serverContent":{"turnComplete":true}}')


def test_what_is_no_object_stays_what_it_is() -> None:
    assert respelled([1, "a_b", {"a_b": "c_d"}, None]) == [1, "a_b", {"aB": "c_d"}, None]
    assert respelled({"data": 5}) == {"data": 5}
