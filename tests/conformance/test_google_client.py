"""Google's own client holds conversations with the simulator, over real TCP."""

from __future__ import annotations

import json
from typing import Final

import pytest
from google.genai import errors, types

from myna.simulator.options import Options
from myna.simulator.script import GoAway, Says, Script, ToolCall, Turn
from myna.simulator.service import Simulator
from support import schema_oracle
from support.raw_client import speech_like
from support.sdk_client import (
    PCM,
    audio_in,
    config,
    contents,
    members_of,
    message_of,
    sdk_session,
    transcript_in,
    turn_of,
)
from support.turns import BEEP, LONG, one_turn

pytestmark = [
    pytest.mark.usefixtures("google_frames"),
    # It says so of every ephemeral token.
    pytest.mark.filterwarnings("ignore:The SDK's ephemeral token support is experimental"),
]

TOOLS: Final = [
    {
        "function_declarations": [
            {
                "name": "set_output",
                "description": "Switch an output.",
                "parameters_json_schema": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "on": {"type": "boolean"}},
                },
                "behavior": "BLOCKING",
            }
        ]
    }
]


async def test_googles_client_opens_a_session() -> None:
    wanted = config(
        system_instruction="Be brief.",
        speech_config={"voice_config": {"prebuilt_voice_config": {"voice_name": "Kore"}}},
        tools=TOOLS,
        session_resumption={},
        context_window_compression={"sliding_window": {}},
        realtime_input_config={"turn_coverage": "TURN_INCLUDES_ONLY_ACTIVITY"},
    )
    async with Simulator(Script(turns=())) as simulator, sdk_session(simulator.url, wanted):
        seen = simulator.state.last

    assert seen.setup is not None
    assert seen.setup["model"] == "models/gemini-3.8-live"
    assert seen.setup["generationConfig"]["responseModalities"] == ["AUDIO"]
    assert seen.instruction == "Be brief."
    assert (seen.version, seen.credential) == ("v1beta", "header")
    assert seen.closed is not None
    assert (seen.closed.code, seen.closed.by) == (1000, "client")


async def test_googles_client_talks_and_listens() -> None:
    pcm = speech_like(0.5)
    script = Script(turns=(Turn(on="speech", heard="What time is it?", send=(BEEP,)),))
    async with Simulator(script) as simulator, sdk_session(simulator.url) as session:
        await session.send_realtime_input(audio=types.Blob(data=pcm, mime_type=PCM))
        await session.send_realtime_input(audio_stream_end=True)
        turn = await turn_of(session)
        seen = simulator.state.last

    assert seen.received == pcm
    assert seen.audio_stream_ends == 1
    assert transcript_in(turn, "input_transcription") == "What time is it?"
    assert transcript_in(turn, "output_transcription") == BEEP.text
    assert audio_in(turn) == BEEP.pcm
    assert [each.voice_activity_type.name for each in members_of(turn, "voice_activity")] == [
        "ACTIVITY_START",
        "ACTIVITY_END",
    ]
    assert contents(turn)[-1].turn_complete
    assert turn[-1].usage_metadata.response_token_count > 0


async def test_googles_client_asks_in_writing() -> None:
    async with Simulator(one_turn(BEEP)) as simulator, sdk_session(simulator.url) as session:
        await session.send_realtime_input(text="Beep, please.")
        turn = await turn_of(session)
        seen = simulator.state.last

    assert seen.texts == ["Beep, please."]
    assert audio_in(turn) == BEEP.pcm


async def test_googles_client_sends_turns_and_a_still() -> None:
    still = types.Blob(data=b"\xff\xd8\xff\xe0picture", mime_type="image/jpeg")
    hello = types.Content(role="user", parts=[types.Part(text="Hello.")])
    async with Simulator(one_turn(BEEP)) as simulator, sdk_session(simulator.url) as session:
        await session.send_realtime_input(video=still)
        await session.send_client_content(turns=hello, turn_complete=True)
        turn = await turn_of(session)
        seen = simulator.state.last

    assert [each.data for each in seen.stills] == [still.data]
    assert seen.texts == ["Hello."]
    assert audio_in(turn) == BEEP.pcm


async def test_googles_client_answers_a_tool_call() -> None:
    call = ToolCall("set_output", {"name": "lamp", "on": True})
    script = one_turn(call, Says("The lamp is on."))
    async with (
        Simulator(script) as simulator,
        sdk_session(simulator.url, config(tools=TOOLS)) as session,
    ):
        await session.send_realtime_input(text="Light, please.")
        asked = await message_of(session)
        (made,) = asked.tool_call.function_calls
        answer = types.FunctionResponse(id=made.id, name=made.name, response={"output": "on"})
        await session.send_tool_response(function_responses=answer)
        turn = await turn_of(session)
        seen = simulator.state.last

    assert (made.name, made.args) == ("set_output", {"name": "lamp", "on": True})
    assert [(each.id, each.response) for each in seen.tool_responses] == [
        (made.id, {"output": "on"})
    ]
    assert transcript_in(turn, "output_transcription") == "The lamp is on."


async def test_googles_client_interrupts() -> None:
    async with Simulator(one_turn(LONG)) as simulator, sdk_session(simulator.url) as session:
        await session.send_realtime_input(text="Count.")
        speech = types.Blob(data=speech_like(0.5), mime_type=PCM)
        turn = [await message_of(session)]
        await session.send_realtime_input(audio=speech)
        turn += await turn_of(session)

    ending = [content for content in contents(turn) if content.interrupted or content.turn_complete]
    assert [(bool(each.interrupted), bool(each.turn_complete)) for each in ending] == [
        (True, False),
        (False, True),
    ]
    assert not any(content.generation_complete for content in contents(turn))
    assert len(audio_in(turn)) < len(LONG.pcm)


async def test_googles_client_hears_that_the_server_goes_away() -> None:
    options = Options(go_away_after_s=0.05, time_left_s=0.25)
    async with (
        Simulator(Script(turns=()), options=options) as simulator,
        sdk_session(simulator.url) as session,
    ):
        warning = await message_of(session)
        with pytest.raises(errors.APIError) as closed:
            await turn_of(session)

    assert warning.go_away.time_left == "0.25s"
    assert closed.value.code == 1008
    assert "GoAway" in str(closed.value)


async def test_googles_client_hears_goaway_within_a_turn() -> None:
    script = one_turn(GoAway(50), BEEP)
    async with Simulator(script) as simulator, sdk_session(simulator.url) as session:
        await session.send_realtime_input(text="Go on.")
        turn = await turn_of(session)

    assert [each.time_left for each in members_of(turn, "go_away")] == ["50s"]
    assert audio_in(turn) == BEEP.pcm


async def test_googles_client_resumes_a_session() -> None:
    script = Script(turns=tuple(Turn(on="text", send=(Says(text),)) for text in ("One.", "Two.")))
    async with Simulator(script) as simulator:
        async with sdk_session(simulator.url, config(session_resumption={})) as session:
            await session.send_realtime_input(text="Count.")
            first = await turn_of(session)
        (update,) = members_of(first, "session_resumption_update")
        resumption = types.SessionResumptionConfig(handle=update.new_handle)
        async with sdk_session(simulator.url, config(session_resumption=resumption)) as session:
            await session.send_realtime_input(text="Go on.")
            second = await turn_of(session)
        seen = simulator.state

    assert update.resumable
    assert [each.resumed_handle for each in seen.connections] == [None, update.new_handle]
    assert transcript_in(first, "output_transcription") == "One."
    assert transcript_in(second, "output_transcription") == "Two."


async def test_googles_client_opens_a_session_with_an_ephemeral_token() -> None:
    async with (
        Simulator(one_turn(BEEP)) as simulator,
        sdk_session(simulator.url, key="auth_tokens/0123", version="v1alpha") as session,
    ):
        await session.send_realtime_input(text="Beep, please.")
        turn = await turn_of(session)
        seen = simulator.state.last

    assert (seen.version, seen.credential) == ("v1alpha", "token")
    assert audio_in(turn) == BEEP.pcm


async def test_the_schema_takes_what_googles_client_sends(google_frames: list[str]) -> None:
    """A judge that were too strict would refuse this."""
    call = ToolCall("set_output", id="call_7", wait=False)
    wanted = config(tools=TOOLS, session_resumption={}, history_config={})
    async with (
        Simulator(one_turn(call)) as simulator,
        sdk_session(simulator.url, wanted) as session,
    ):
        await session.send_realtime_input(audio=types.Blob(data=b"\xff\xfb" * 9, mime_type=PCM))
        await session.send_realtime_input(text="Light, please.")
        await turn_of(session)
        answer = types.FunctionResponse(id="call_7", name="set_output", response={"output": 1})
        await session.send_tool_response(function_responses=answer)

    assert [next(iter(json.loads(frame))) for frame in google_frames] == [
        "setup",
        "realtime_input",
        "realtime_input",
        "tool_response",
    ]
    for frame in google_frames:
        schema_oracle.parse(frame)
