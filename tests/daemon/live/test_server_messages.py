from __future__ import annotations

import json

import pytest

from myna.live.server_messages import ServerMessage, parse, parse_duration, parse_pcm_rate


def test_unknown_keys_and_nulls_are_ignored_everywhere() -> None:
    frame = b'{"new":[1],"toolCall":null,"serverContent":{"newer":{},"modelTurn":{"role":"model"}}}'

    message = parse(frame)

    assert message.tool_call is None
    assert message.server_content is not None
    assert message.server_content.model_turn is not None
    assert message.server_content.model_turn.parts == ()


def test_a_tool_call_without_arguments_has_none() -> None:
    message = parse(b'{"toolCall":{"functionCalls":[{"id":"1","name":"a"}]}}')

    assert message.tool_call is not None
    assert message.tool_call.function_calls[0].args is None


@pytest.mark.parametrize("key", ["id", "name"])
def test_an_endless_label_is_refused(key: str) -> None:
    call = {"id": "1", "name": "a", key: "x" * 1025}

    with pytest.raises(ValueError, match="1024"):
        parse(json.dumps({"toolCall": {"functionCalls": [call]}}))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("name", ["a", "a_b"])
def test_a_number_that_json_lacks_is_refused(number: str, name: str) -> None:
    call = f'{{"id":"1","name":"{name}","args":{{"n":{number}}}}}'

    with pytest.raises(ValueError, match=r"JSON|range"):
        parse(f'{{"toolCall":{{"functionCalls":[{call}]}}}}')


def test_an_empty_object_says_nothing() -> None:
    assert parse("{}") == ServerMessage()


def test_usage_and_voice_activity_are_read_under_either_name() -> None:
    message = parse(
        b'{"usageMetadata":{"promptTokenCount":1,"responseTokenCount":2,"totalTokenCount":3},'
        b'"voiceActivity":{"type":"ACTIVITY_START","audioOffset":"0.840s"}}'
    )
    sdk = parse(b'{"voiceActivity":{"voiceActivityType":"ACTIVITY_END"}}')

    assert message.usage_metadata is not None
    assert message.usage_metadata.total_token_count == 3
    assert message.voice_activity is not None
    assert message.voice_activity.type == "ACTIVITY_START"
    assert sdk.voice_activity is not None
    assert sdk.voice_activity.voice_activity_type == "ACTIVITY_END"


@pytest.mark.parametrize(("text", "seconds"), [("50s", 50.0), ("0.840s", 0.84), ("0s", 0.0)])
def test_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "50", "-1s", "1e3s", "\u0661s", "1.s", "9" * 5000 + "s"])
def test_duration_is_refused_when_it_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("mime_type", "rate_hz"),
    [("audio/pcm;rate=24000", 24_000), ("audio/PCM; rate=16000", 16_000), ("audio/pcm", 8_000)],
)
def test_pcm_rate_is_read(mime_type: str, rate_hz: int) -> None:
    assert parse_pcm_rate(mime_type, default_hz=8_000) == rate_hz


@pytest.mark.parametrize("mime_type", ["audio/ogg", "audio/pcm;rate=fast", "audio/pcmu"])
def test_pcm_rate_is_refused_when_it_is_not_pcm(mime_type: str) -> None:
    with pytest.raises(ValueError, match="PCM"):
        parse_pcm_rate(mime_type, default_hz=24_000)
