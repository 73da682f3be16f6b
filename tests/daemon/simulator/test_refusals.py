"""Everything that the server refuses, seen from a client over TCP."""

from __future__ import annotations

from typing import Any

import pytest

from myna.simulator.script import Script, Turn
from myna.simulator.service import Simulator
from support.client_messages import INVALID, NOT_FIRST, as_id, generation, tool, unknown, user
from support.raw_client import (
    MODEL,
    open_session,
    raw_client,
    setup_message,
    still_message,
)

SCRIPT = Script(turns=(Turn(on="text"),))
UNEXPECTED = "Invalid JSON payload received. Unexpected token."
TYPES = "type.googleapis.com/google.ai.generativelanguage.v1beta."


def parameters(**schema: object) -> dict[str, Any]:
    return setup_message(tools=tool(parameters={"type": "OBJECT", **schema}))


def audio(**blob: object) -> dict[str, Any]:
    return user(audio={"mimeType": "audio/pcm;rate=16000", "data": "AAAA", **blob})


def answer(**fields: object) -> dict[str, Any]:
    return {"toolResponse": {"functionResponses": [{"id": "call_1", "name": "look", **fields}]}}


DECLARATION = "setup.tools[0].function_declarations[0]"

FIRST_MESSAGES: list[tuple[object, str]] = [
    ({"config": {"model": MODEL, "responseModalities": ["AUDIO"]}}, unknown("config")),
    (
        {"setup": {"model": MODEL, "responseModalities": ["AUDIO"]}},
        unknown("responseModalities", "setup"),
    ),
    (user(text="hello"), NOT_FIRST),
    ({"clientContent": {"turnComplete": True}}, NOT_FIRST),
    ({}, NOT_FIRST),
    ([], 'Invalid JSON payload received. Unknown name "": Root element must be a message.'),
    (
        {**setup_message(), **user(text="hello")},
        (
            "Invalid value (oneof), oneof field 'message_type' is already set. "
            "Cannot set 'realtimeInput'"
        ),
    ),
    (setup_message(proactivity={"proactiveAudio": True}), unknown("proactivity", "setup")),
    (setup_message(safetySettings=[]), unknown("safetySettings", "setup")),
    (
        setup_message(sessionResumption={"transparent": True}),
        unknown("transparent", "setup.session_resumption"),
    ),
    (setup_message(sessionResumption={"handle": None}), INVALID),
    (
        generation(outputAudioTranscription={}),
        unknown("outputAudioTranscription", "setup.generation_config"),
    ),
    (
        generation(enableAffectiveDialog=True),
        unknown("enableAffectiveDialog", "setup.generation_config"),
    ),
    (
        parameters(additionalProperties=False),
        unknown("additionalProperties", f"{DECLARATION}.parameters"),
    ),
    (
        parameters(properties={"a": {"const": 1}}),
        unknown("const", f"{DECLARATION}.parameters.properties[0].value"),
    ),
    (
        parameters(type="object"),
        f"Invalid value at '{DECLARATION}.parameters.type' ({TYPES}Type), \"object\"",
    ),
    (
        generation(responseModalities=["audio"]),
        (
            "Invalid value at 'setup.generation_config.response_modalities[0]' "
            f'({TYPES}GenerationConfig.Modality), "audio"'
        ),
    ),
    (
        generation(temperature="warm"),
        "Invalid value at 'setup.generation_config.temperature' (TYPE_FLOAT), \"warm\"",
    ),
    (
        generation(maxOutputTokens=True),
        "Invalid value at 'setup.generation_config.max_output_tokens' (TYPE_INT32), true",
    ),
    (
        setup_message(tools={"functionDeclarations": []}),
        f"Invalid value at 'setup.tools' ({TYPES}Tool), {{\"functionDeclarations\":[]}}",
    ),
    (
        setup_message(generationConfig=[]),
        f"Invalid value at 'setup.generation_config' ({TYPES}GenerationConfig), []",
    ),
    (
        parameters(properties=[]),
        f"Invalid value at '{DECLARATION}.parameters.properties' (Map), []",
    ),
    (setup_message(model="gemini-3.8-live"), INVALID),
    ({"setup": {}}, INVALID),
    (generation(responseModalities=["TEXT"]), INVALID),
    (generation(responseModalities=["AUDIO", "TEXT"]), INVALID),
    (setup_message(tools=[{"codeExecution": {}}]), INVALID),
    (setup_message(tools=tool(name="no spaces")), INVALID),
    (setup_message(tools=tool(name="x" * 129)), INVALID),
]

LATER_MESSAGES: list[tuple[object, str]] = [
    (setup_message(), NOT_FIRST),
    ({"config": {}}, unknown("config")),
    ({"contextUpdate": {}}, unknown("contextUpdate")),
    ({}, INVALID),
    (
        user(mediaChunks=[{"mimeType": "audio/pcm", "data": "AAAA"}]),
        "realtime_input.media_chunks is deprecated. Use audio, video, or text instead.",
    ),
    (user(), INVALID),
    (user(text="a", audioStreamEnd=True), INVALID),
    (user(text=1), "Invalid value at 'realtime_input.text' (TYPE_STRING), 1"),
    (user(audioStreamEnd=False), INVALID),
    (user(activityStart={}), INVALID),
    (user(activityEnd={}), INVALID),
    (audio(mimeType="audio/wav"), INVALID),
    (audio(mimeType="audio/pcm;rate=0"), INVALID),
    (audio(data="AAAA" + "AAA="), INVALID),
    (audio(data=""), INVALID),
    (audio(data=7), "Invalid value at 'realtime_input.audio.data' (TYPE_BYTES), 7"),
    (
        audio(data="?"),
        (
            "Invalid value at 'realtime_input.audio.data' (TYPE_BYTES), "
            'Base64 decoding failed for "?"'
        ),
    ),
    (audio(rate=16_000), unknown("rate", "realtime_input.audio")),
    (still_message(kind="image/gif"), INVALID),
    (still_message(b"no picture"), INVALID),
    (still_message(kind="image/png"), INVALID),
    (
        {"clientContent": {"turns": [{"content": "a"}]}},
        unknown("content", "client_content.turns[0]"),
    ),
    ({"toolResponse": {}}, INVALID),
    (answer(id=""), INVALID),
    (answer(parts=[{"inlineData": {"mimeType": "application/pdf", "data": "AAAA"}}]), INVALID),
    ({"toolResponse": {"functionResponses": [{"name": "look", "response": {}}]}}, INVALID),
    (
        answer(response=["a"]),
        (
            "Invalid value at 'tool_response.function_responses[0].response' "
            '(type.googleapis.com/google.protobuf.Struct), ["a"]'
        ),
    ),
    (
        answer(response={}, scheduling="INTERRUPTED"),
        (
            "Invalid value at 'tool_response.function_responses[0].scheduling' "
            f'({TYPES}FunctionResponse.Scheduling), "INTERRUPTED"'
        ),
    ),
    (answer(result={}), unknown("result", "tool_response.function_responses[0]")),
]


@pytest.mark.parametrize(("message", "reason"), FIRST_MESSAGES, ids=as_id)
async def test_simulator_closes_1007_when_the_first_message_is_wrong(
    message: object, reason: str
) -> None:
    async with Simulator(SCRIPT) as simulator, raw_client(simulator.url) as client:
        await client.send(message)

        assert await client.closing() == (1007, reason[:123])


@pytest.mark.parametrize(("message", "reason"), LATER_MESSAGES, ids=as_id)
async def test_simulator_closes_1007_when_a_later_message_is_wrong(
    message: object, reason: str
) -> None:
    async with Simulator(SCRIPT) as simulator, open_session(simulator.url) as client:
        await client.send(message)

        assert await client.closing() == (1007, reason[:123])


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "hello",
        '{"realtimeInput": {"text": "a"}',
        '{"toolResponse": {"functionResponses": [{"id": "a", "response": {"output": NaN}}]}}',
        '{"toolResponse": {"functionResponses": [{"id": "a", "response": {"output": Infinity}}]}}',
        "[" * 100_000,
        b'{"realtimeInput": {"text": "a"}}',
    ],
    ids=["empty", "no JSON", "cut", "NaN", "Infinity", "deep", "binary frame"],
)
async def test_simulator_closes_1007_when_a_frame_is_not_json_text(frame: str | bytes) -> None:
    async with Simulator(SCRIPT) as simulator, open_session(simulator.url) as client:
        await client.socket.send(frame)

        assert await client.closing() == (1007, UNEXPECTED)


async def test_simulator_refuses_a_second_still_within_a_second() -> None:
    async with Simulator(SCRIPT) as simulator, open_session(simulator.url) as client:
        await client.send(still_message())
        await client.send(still_message())

        assert await client.closing() == (1007, INVALID)
        closed = simulator.state.last.closed

    assert closed is not None
    assert "at most one a second" in closed.why


async def test_simulator_refuses_audio_stream_end_when_detection_is_disabled() -> None:
    manual = {"automaticActivityDetection": {"disabled": True}}
    async with (
        Simulator(SCRIPT) as simulator,
        open_session(simulator.url, realtimeInputConfig=manual) as client,
    ):
        await client.send(user(audioStreamEnd=True))

        assert await client.closing() == (1007, INVALID)


async def test_simulator_refuses_a_resumption_handle_that_it_never_gave() -> None:
    async with Simulator(SCRIPT) as simulator, raw_client(simulator.url) as client:
        await client.send(setup_message(sessionResumption={"handle": "stranger"}))

        assert await client.closing() == (1008, "BidiGenerateContent session not found")


async def test_simulator_records_why_it_closed() -> None:
    async with Simulator(SCRIPT) as simulator, raw_client(simulator.url) as client:
        await client.send(setup_message(model="gemini-3.8-live"))
        await client.closing()
        closed = simulator.state.last.closed

    assert closed is not None
    assert (closed.code, closed.by) == (1007, "server")
    assert closed.why == "model must be models/NAME, not 'gemini-3.8-live'"
