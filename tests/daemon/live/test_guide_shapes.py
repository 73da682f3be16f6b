"""The message shapes of Google's guide, with the guide's own literal values.

Source: "Get started with Gemini Live API using WebSockets" (ai.google.dev). Its first
message is `config`, which the real server refuses; everything after it is the
reference's.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from myna.config import LiveSettings
from myna.live.connection import LiveSession, open_session
from myna.live.credentials import Credential
from myna.live.events import (
    LiveEvent,
    ReplyAudio,
    ReplyText,
    SessionReady,
    ToolCall,
    TurnComplete,
    UserText,
)
from myna.live.protocol import LiveProtocol
from myna.live.setup import opening_for
from myna.simulator.script import Script, Turn
from myna.simulator.script import ToolCall as AskTool
from myna.simulator.service import Simulator
from support.raw_client import quiet, speech_like
from support.turns import BEEP

MODEL_NAME: Final = "gemini-2.5-flash-native-audio-preview-12-2025"
GUIDE: Final = LiveSettings(
    model=MODEL_NAME, dialect="guide", instruction="You are a helpful assistant."
)
TOLD: Final = (SessionReady, UserText, ToolCall, ReplyText, TurnComplete)
"""What a person would notice, beside the sound itself."""
RESULT: Final = {"status": "success", "data": "some result"}


@pytest.fixture
def protocol() -> LiveProtocol:
    """A session in the guide's dialect that is open."""
    protocol = LiveProtocol(opening_for(GUIDE, (), has_camera=False))
    protocol.opening_message()
    protocol.receive('{"setupComplete": {}}')
    return protocol


def received(protocol: LiveProtocol, response: dict[str, Any]) -> list[LiveEvent]:
    return protocol.receive(json.dumps(response))


def test_guide_configuration_is_sent_as_the_guide_prints_it() -> None:
    first = LiveProtocol(opening_for(GUIDE, (), has_camera=True)).opening_message()

    assert json.loads(first) == {
        "config": {
            "model": f"models/{MODEL_NAME}",
            "responseModalities": ["AUDIO"],
            "systemInstruction": {"parts": [{"text": "You are a helpful assistant."}]},
        }
    }


def test_guide_text_is_sent_as_the_guide_prints_it(protocol: LiveProtocol) -> None:
    assert json.loads(protocol.text("Hello, how are you?")) == {
        "realtimeInput": {"text": "Hello, how are you?"}
    }


def test_guide_audio_is_sent_as_the_guide_prints_it(protocol: LiveProtocol) -> None:
    chunk_bytes = bytes(range(200)) * 16
    encoded_data = base64.b64encode(chunk_bytes).decode("utf-8")

    assert json.loads(protocol.audio(chunk_bytes)) == {
        "realtimeInput": {"audio": {"data": encoded_data, "mimeType": "audio/pcm;rate=16000"}}
    }


def test_guide_video_is_sent_as_the_guide_prints_it(protocol: LiveProtocol) -> None:
    frame_bytes = b"\xff\xd8\xff\xe0frame"
    encoded_data = base64.b64encode(frame_bytes).decode("utf-8")

    assert json.loads(protocol.still(frame_bytes)) == {
        "realtimeInput": {"video": {"data": encoded_data, "mimeType": "image/jpeg"}}
    }


def test_guide_tool_response_is_sent_as_the_guide_prints_it(protocol: LiveProtocol) -> None:
    fc = {"name": "my_tool_function", "id": "function-call-1", "args": {}}
    received(protocol, {"toolCall": {"functionCalls": [fc]}})

    sent = protocol.tool_answer("function-call-1", "my_tool_function", {"result": RESULT})

    assert json.loads(sent) == {
        "toolResponse": {
            "functionResponses": [
                {"name": fc["name"], "id": fc["id"], "response": {"result": RESULT}}
            ]
        }
    }


def test_guide_audio_is_received_as_the_guide_reads_it(protocol: LiveProtocol) -> None:
    audio_data_b64 = base64.b64encode(b"\1\2\3\4").decode()
    part = {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": audio_data_b64}}

    assert received(protocol, {"serverContent": {"modelTurn": {"parts": [part]}}}) == [
        ReplyAudio(b"\1\2\3\4")
    ]


def test_guide_transcriptions_are_received_as_the_guide_reads_them(
    protocol: LiveProtocol,
) -> None:
    server_content = {
        "inputTranscription": {"text": "Hello, how are you?"},
        "outputTranscription": {"text": "I am fine."},
    }

    assert received(protocol, {"serverContent": server_content}) == [
        UserText("Hello, how are you?"),
        ReplyText("I am fine."),
    ]


def test_guide_tool_call_is_received_as_the_guide_reads_it(protocol: LiveProtocol) -> None:
    calls = [
        {"name": "my_tool_function", "id": "function-call-1", "args": {"value": 1}},
        {"name": "my_tool_function", "id": "function-call-2"},
    ]

    assert received(protocol, {"toolCall": {"functionCalls": calls}}) == [
        ToolCall("function-call-1", "my_tool_function", {"value": 1}),
        ToolCall("function-call-2", "my_tool_function", {}),
    ]


async def until_turn_complete(session: LiveSession) -> AsyncIterator[LiveEvent]:
    async for event in session.events():
        yield event
        if isinstance(event, TurnComplete):
            return


async def test_a_whole_session_works_with_a_server_of_the_guide() -> None:
    asked = AskTool("my_tool_function", {"value": 1}, id="function-call-1")
    turn = Turn(on="speech", heard="Hello, how are you?", send=(asked, BEEP))
    events: list[LiveEvent] = []

    async with Simulator(Script(turns=(turn,)), dialect="guide") as server, asyncio.timeout(20):
        settings = LiveSettings(
            model=MODEL_NAME, dialect="guide", endpoint=server.url, key_in="query"
        )
        session = await open_session(settings, Credential("test-key", "a test"), [])
        pcm = quiet(0.5) + speech_like(0.5) + quiet(0.8)
        for start in range(0, len(pcm), 3_200):
            await session.send_audio(pcm[start : start + 3_200])
        async for event in until_turn_complete(session):
            events.append(event)
            if isinstance(event, ToolCall):
                await session.answer_tool(event.id, event.name, {"result": RESULT})
        await session.close()
        seen = server.state.last

    assert seen.setup is not None
    assert seen.setup["model"] == f"models/{MODEL_NAME}"
    assert b"".join(event.pcm for event in events if isinstance(event, ReplyAudio)) == BEEP.pcm
    assert [event for event in events if isinstance(event, TOLD)] == [
        SessionReady(),
        UserText("Hello, how are you?"),
        ToolCall("function-call-1", "my_tool_function", {"value": 1}),
        ReplyText(BEEP.text),
        TurnComplete(),
    ]
