"""What each flag does to what the server sends, seen from a client over TCP."""

from __future__ import annotations

import asyncio
import base64
import json
import time

import pytest

from myna.simulator import script
from myna.simulator.options import Options
from myna.simulator.script import Script, Speech, Turn
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from support.raw_client import (
    joined_text,
    kinds,
    open_session,
    raw_client,
    reply_pcm,
    setup_message,
    speech_like,
)
from support.turns import BEEP, LONG, one_turn


async def test_pongs_come_as_late_as_told_and_messages_do_not() -> None:
    async with (
        Simulator(one_turn(script.Says("a")), options=Options(pong_delay_s=1.0)) as simulator,
        open_session(simulator.url) as client,
    ):
        start_s = time.monotonic()
        pong = await client.socket.ping()
        await client.ask()
        await client.hear_until("turnComplete")
        answered_s = time.monotonic() - start_s
        latency_s = await pong

        assert answered_s < 0.9
        assert 0.95 < latency_s < 5.0
        assert simulator.state.last.pings == 1


async def test_close_is_answered_at_once_when_pongs_are_late() -> None:
    async with Simulator(one_turn(), options=Options(pong_delay_s=30.0)) as simulator:
        async with open_session(simulator.url) as client:
            pong = asyncio.ensure_future(await client.socket.ping())
            start_s = time.monotonic()
        assert time.monotonic() - start_s < 5.0
        assert pong.done()


async def test_empty_frames_come_between_messages() -> None:
    async with (
        Simulator(one_turn(script.Says("a")), options=Options(sends_empty_frames=True)) as server,
        raw_client(server.url) as client,
    ):
        await client.send(setup_message())
        assert [await client.hear(), await client.hear()] == [{"setupComplete": {}}, {}]
        await client.ask()
        heard = await client.hear_until("turnComplete")

    assert heard[1] == heard[3] == {}


async def test_bundled_fields_carry_the_same_reply_in_fewer_frames() -> None:
    speech = Speech(tone(440, 2.0), "One. Two. Three.")
    async with (
        Simulator(one_turn(speech), options=Options(bundles_fields=True)) as simulator,
        open_session(simulator.url) as client,
    ):
        await client.ask()
        heard = await client.hear_until("turnComplete")

    assert [len(one["serverContent"].get("modelTurn", {}).get("parts", ())) for one in heard] == [
        3,
        3,
        0,
    ]
    assert {"modelTurn", "outputTranscription"} <= heard[0]["serverContent"].keys()
    assert heard[-1]["serverContent"] == {"generationComplete": True, "turnComplete": True}
    assert joined_text(heard, "outputTranscription") == "One. Two. Three."
    assert reply_pcm(heard) == speech.pcm


async def test_burst_brings_the_whole_reply_at_once() -> None:
    async with (
        Simulator(one_turn(LONG), options=Options(bursts=True)) as simulator,
        open_session(simulator.url) as client,
    ):
        start_s = time.monotonic()
        await client.ask()
        heard = await client.hear_until("generationComplete")
        took_s = time.monotonic() - start_s

    assert reply_pcm(heard) == LONG.pcm
    assert took_s < 2.0


async def test_keys_are_spelt_in_snake_case_and_arguments_as_they_are() -> None:
    actions = (script.ToolCall("look", {"whereTo": {"aB": 1}}, wait=False), BEEP)
    async with (
        Simulator(one_turn(*actions), options=Options(spells_snake_case=True)) as simulator,
        raw_client(simulator.url) as client,
    ):
        await client.send(setup_message())
        assert await client.hear() == {"setup_complete": {}}
        await client.ask()
        call, text, audio = [await client.hear() for _ in range(3)]

    assert call["tool_call"]["function_calls"][0]["args"] == {"whereTo": {"aB": 1}}
    assert text == {"server_content": {"output_transcription": {"text": "Beep."}}}
    blob = audio["server_content"]["model_turn"]["parts"][0]["inline_data"]
    assert blob["mime_type"] == "audio/pcm;rate=24000"


async def test_audio_is_written_in_the_other_alphabet() -> None:
    pcm = b"\xfb\xff" * 4_800
    async with (
        Simulator(one_turn(Speech(pcm)), options=Options(uses_base64url=True)) as simulator,
        open_session(simulator.url) as client,
    ):
        await client.ask()
        part = (await client.hear_until("modelTurn"))[-1]["serverContent"]["modelTurn"]["parts"][0]

    data = part["inlineData"]["data"]
    assert "_" in data
    assert "/" not in data
    assert base64.urlsafe_b64decode(data) == pcm


async def test_text_frames_are_sent_when_told_so() -> None:
    async with (
        Simulator(one_turn(), options=Options(sends_text_frames=True)) as simulator,
        raw_client(simulator.url) as client,
    ):
        await client.send(setup_message())
        frame = await client.socket.recv()

    assert isinstance(frame, str)
    assert json.loads(frame) == {"setupComplete": {}}


async def test_interruption_cancels_the_calls_that_it_drops_when_told_so() -> None:
    calls = (script.ToolCall("a", wait=False), script.ToolCall("b"))
    async with (
        Simulator(one_turn(*calls), options=Options(cancels_calls=True)) as simulator,
        open_session(simulator.url) as client,
    ):
        await client.ask()
        await client.hear_until("toolCall")
        await client.hear_until("toolCall")
        await client.speak(speech_like(0.3))
        heard = await client.hear_until("turnComplete")

    assert {"toolCallCancellation": {"ids": ["call_2"]}} in heard
    assert kinds(heard)[-3:] == ["interrupted", "turnComplete", "usageMetadata"]


async def test_calls_are_repeated_with_another_id_when_told_so() -> None:
    turn = one_turn(script.ToolCall("look", {"at": "it"}), script.Says("a bird"))
    async with (
        Simulator(turn, options=Options(repeats_calls=True)) as simulator,
        open_session(simulator.url) as client,
    ):
        await client.ask()
        calls = [(await client.hear())["toolCall"]["functionCalls"][0] for _ in range(2)]
        await client.answer("call_1", "look")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.socket.recv(), 0.1)
        await client.answer("call_2", "look")
        await client.hear_until("turnComplete")

    assert calls == [{"id": f"call_{n}", "name": "look", "args": {"at": "it"}} for n in (1, 2)]


@pytest.mark.parametrize("is_phantom", [False, True])
async def test_server_falls_silent_after_an_interruption_when_told_so(is_phantom: bool) -> None:
    first = (LONG,) if not is_phantom else (script.Interrupt(), BEEP)
    turns = (Turn(on="text", send=first), Turn(on="text", send=(BEEP,)))
    options = Options(silent_after_interrupt=True)
    async with (
        Simulator(Script(turns=turns), options=options) as simulator,
        open_session(simulator.url) as client,
    ):
        await client.ask()
        if not is_phantom:
            await client.hear_until("modelTurn")
            await client.send({"clientContent": {}})
        heard = await client.hear_until("turnComplete")
        await client.ask()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.socket.recv(), 0.3)

    assert "interrupted" in kinds(heard)
    assert simulator.state.last.turns_started == 1


async def test_turn_may_be_empty() -> None:
    async with Simulator(one_turn()) as simulator, open_session(simulator.url) as client:
        await client.ask()

        assert kinds(await client.hear_until("turnComplete")) == [
            "generationComplete",
            "turnComplete",
            "usageMetadata",
        ]
