"""Nothing that a server can send does more than a RemoteProtocolError."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from myna.config import LiveSettings
from myna.errors import RemoteProtocolError
from myna.live.protocol import LiveProtocol, State
from myna.live.setup import opening_for

KEYS = [
    "setupComplete",
    "serverContent",
    "modelTurn",
    "parts",
    "inlineData",
    "mimeType",
    "data",
    "text",
    "thought",
    "inputTranscription",
    "outputTranscription",
    "interrupted",
    "turnComplete",
    "turn_complete",
    "server_content",
    "inline_data",
    "waitingForInput",
    "turnCompleteReason",
    "interactionStatus",
    "toolCall",
    "functionCalls",
    "id",
    "name",
    "args",
    "toolCallCancellation",
    "ids",
    "goAway",
    "timeLeft",
    "sessionResumptionUpdate",
    "newHandle",
    "usageMetadata",
    "totalTokenCount",
    "promptTokensDetails",
    "modality",
    "tokenCount",
    "voiceActivity",
    "type",
    "error",
    "message",
]
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["ACTIVITY_START", "NEED_MORE_INPUT", "__-_"])
    | st.sampled_from(["50s", "audio/pcm;rate=24000", "AAA=", "IN_PROGRESS", "AAAA"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=20,
)
frames = st.binary(max_size=200) | st.text(max_size=200) | values.map(json.dumps)


def open_protocol() -> LiveProtocol:
    protocol = LiveProtocol(opening_for(LiveSettings(), (), has_camera=False))
    protocol.opening_message()
    protocol.receive(b'{"setupComplete":{}}')
    return protocol


@given(frames)
@example("\ud800")
@example('{"toolCall":{"functionCalls":[{"id":"\ud800","name":"x"}]}}')
def test_any_frame_is_read_or_refused(frame: bytes | str) -> None:
    protocol = open_protocol()

    with contextlib.suppress(RemoteProtocolError):
        protocol.receive(frame)
        assert protocol.state is State.OPEN
        return
    assert protocol.state is State.BROKEN


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"not JSON",
        b"[]",
        b"null",
        b"{} {}",
        b"\xff\xfe{}",
        b'{"x":' + b"[" * 500_000 + b"]" * 500_000 + b"}",
        b'{"toolCall":{"functionCalls":[{"id":"1","name":"x","args":{"n":' + b"9" * 9000 + b"}}]}}",
        b'{"toolCall":{"functionCalls":[{"id":"1","name":"x","args":{"n":NaN}}]}}',
        b'{"toolCall":{"functionCalls":[{"id":"1","name":"x","args":{"n":1e999}}]}}',
        b'{"toolCall":{"functionCalls":[{"id":"1","name":"x","args":[]}]}}',
        b'{"toolCall":{"functionCalls":[{"name":"x"}]}}',
        b'{"goAway":{"timeLeft":"soon"}}',
        b'{"serverContent":[]}',
        b'{"server_content":[]}',
        b'{"x_":' + b"[" * 500_000 + b"]" * 500_000 + b"}",
        b'{"x_":' + b"9" * 900_000 + b"}",
        b'{"x_":' + b'{"a":' * 900 + b"NaN" + b"}" * 901,
        b'{"setup_complete":{}}',
        b'{"toolCall":{"functionCalls":[{"id":"' + b"x" * 1025 + b'","name":"x"}]}}',
        b'{"error":{"code":500,"message":"boom","status":"INTERNAL"}}',
    ],
)
def test_garbage_is_refused_in_one_short_line(frame: bytes) -> None:
    protocol = open_protocol()

    with pytest.raises(RemoteProtocolError) as caught:
        protocol.receive(frame)

    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)
    assert protocol.state is State.BROKEN


@pytest.mark.parametrize(
    "blob",
    [
        {"mimeType": "audio/pcm;rate=24000", "data": "no base64!"},
        {"mimeType": "audio/pcm;rate=24000", "data": "A"},
        {"mimeType": "audio/pcm;rate=24000", "data": "AAA==="},
        {"mimeType": "audio/pcm;rate=24000", "data": "AA=="},
        {"mimeType": "audio/pcm;rate=16000", "data": "AAA="},
        {"mimeType": "audio/ogg", "data": "AAA="},
        {"mimeType": "audio/pcm;rate=24000"},
    ],
)
def test_audio_that_cannot_be_played_is_refused(blob: dict[str, str]) -> None:
    frame = json.dumps({"serverContent": {"modelTurn": {"parts": [{"inlineData": blob}]}}})

    with pytest.raises(RemoteProtocolError):
        open_protocol().receive(frame)
