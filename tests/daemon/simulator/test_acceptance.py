"""What the server accepts, and the dialect of the guide, seen from a client over TCP."""

from __future__ import annotations

import pytest

from myna.simulator.script import Script, Turn
from myna.simulator.service import Simulator
from support.client_messages import INVALID, NOT_FIRST, as_id, generation, tool, unknown, user
from support.raw_client import (
    MODEL,
    PATH,
    raw_client,
    setup_message,
)

SCRIPT = Script(turns=(Turn(on="text"),))


@pytest.mark.parametrize(
    "message",
    [
        setup_message(proactivity={"proactiveAudio": True}),
        generation(enableAffectiveDialog=True),
    ],
)
async def test_simulator_takes_preview_fields_on_v1alpha(message: object) -> None:
    path = PATH.replace("v1beta", "v1alpha")
    async with Simulator(SCRIPT) as simulator, raw_client(simulator.url, path) as client:
        await client.send(message)

        assert await client.hear() == {"setupComplete": {}}


async def test_simulator_takes_snake_case_and_both_base64_alphabets() -> None:
    async with Simulator(SCRIPT) as simulator, raw_client(simulator.url) as client:
        await client.send({"setup": {"model": MODEL, "generation_config": {"top_k": 3}}})
        await client.hear()
        for data in ("-_8", "+/8="):
            blob = {"mime_type": "audio/pcm;rate=16000", "data": data}
            await client.send({"realtime_input": {"audio": blob}})
        await simulator.state.wait_for(lambda state: state.last.heard_frames == 2)

        assert simulator.state.last.received == b"\xfb\xff" * 2


async def test_simulator_takes_a_full_setup() -> None:
    message = setup_message(
        systemInstruction={"parts": [{"text": "Be brief."}]},
        generationConfig={
            "responseModalities": ["AUDIO"],
            "temperature": 1,
            "mediaResolution": "MEDIA_RESOLUTION_LOW",
            "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}}},
        },
        realtimeInputConfig={
            "automaticActivityDetection": {"silenceDurationMs": 500},
            "activityHandling": "START_OF_ACTIVITY_INTERRUPTS",
            "turnCoverage": "TURN_INCLUDES_ONLY_ACTIVITY",
        },
        contextWindowCompression={"slidingWindow": {}, "triggerTokens": "25000"},
        sessionResumption={},
        tools=[
            *tool(behavior="BLOCKING", parametersJsonSchema={"additionalProperties": None}),
            *tool(
                parameters={
                    "type": "OBJECT",
                    "properties": {"on": {"type": "BOOLEAN", "default": None}},
                    "required": ["on"],
                }
            ),
            {"googleSearch": {}},
        ],
    )
    async with Simulator(SCRIPT) as simulator, raw_client(simulator.url) as client:
        await client.send(message)

        assert await client.hear() == {"setupComplete": {}}
        assert simulator.state.last.setup == message["setup"]


GUIDE_CONFIG = {
    "config": {
        "model": "models/gemini-2.5-flash-native-audio-preview-12-2025",
        "responseModalities": ["AUDIO"],
        "systemInstruction": {"parts": [{"text": "You are a helpful assistant."}]},
    }
}


async def test_guide_dialect_takes_the_first_message_that_the_guide_prints() -> None:
    async with Simulator(SCRIPT, dialect="guide") as simulator, raw_client(simulator.url) as client:
        await client.send(GUIDE_CONFIG)

        assert await client.hear() == {"setupComplete": {}}
        assert simulator.state.last.setup == GUIDE_CONFIG["config"]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (setup_message(), unknown("setup")),
        (
            {"config": {"model": MODEL, "generationConfig": {}}},
            unknown("generationConfig", "config"),
        ),
        ({"config": {"model": MODEL, "responseModalities": ["TEXT"]}}, INVALID),
        (user(text="hello"), NOT_FIRST),
    ],
    ids=as_id,
)
async def test_guide_dialect_closes_1007_when_the_first_message_is_another(
    message: object, reason: str
) -> None:
    async with Simulator(SCRIPT, dialect="guide") as simulator, raw_client(simulator.url) as client:
        await client.send(message)

        assert await client.closing() == (1007, reason)
