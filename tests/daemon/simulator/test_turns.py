"""What the server sends in a turn, and when, seen from a client over TCP."""

from __future__ import annotations

import time

import pytest

from myna.simulator import script
from myna.simulator.script import Script, Speech, Turn
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from support.raw_client import (
    joined_text,
    kinds,
    open_session,
    quiet,
    raw_client,
    reply_pcm,
    speech_like,
    still_message,
)
from support.turns import BEEP, ENDING, LONG, one_turn


async def test_spoken_turn_has_the_order_of_the_real_server() -> None:
    script_ = Script(turns=(Turn(on="speech", heard="Hello.", send=(BEEP,)),))
    async with Simulator(script_) as simulator, open_session(simulator.url) as client:
        await client.speak(quiet(0.5) + speech_like(0.5) + quiet(0.8))
        heard = await client.hear_until("turnComplete")

    assert kinds(heard) == [
        "voiceActivity",
        "inputTranscription",
        "outputTranscription",
        "modelTurn",
        *ENDING,
    ]
    assert heard[0] == {
        "voiceActivity": {"type": "ACTIVITY_START", "audioOffset": "0.620s"},
        "serverContent": {},
    }
    assert heard[1]["voiceActivity"]["type"] == "ACTIVITY_END"
    assert reply_pcm(heard) == BEEP.pcm
    assert heard[-1]["usageMetadata"] == {
        "promptTokenCount": 45,
        "responseTokenCount": 5,
        "totalTokenCount": 50,
    }


async def test_audio_comes_faster_than_real_time_and_the_turn_ends_when_it_was_played() -> None:
    speech = Speech(tone(440, 1.5), "One. Two. Three.")
    async with Simulator(one_turn(speech)) as simulator, open_session(simulator.url) as client:
        start_s = time.monotonic()
        await client.ask()
        heard = await client.hear_until("generationComplete")
        delivered_s = time.monotonic() - start_s
        await client.hear_until("turnComplete")
        played_s = time.monotonic() - start_s

    assert delivered_s < 1.0
    assert 1.4 < played_s < 2.5
    assert joined_text(heard, "outputTranscription") == "One. Two. Three."
    assert [len(reply_pcm([message])) for message in heard if reply_pcm([message])] == [
        17_280,
        17_280,
        17_280,
        17_280,
        2_880,
    ]


async def test_barge_in_interrupts_the_turn_without_generation_complete() -> None:
    async with Simulator(one_turn(LONG)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        await client.hear_until("modelTurn")
        await client.speak(speech_like(0.3))
        heard = await client.hear_until("turnComplete")

    names = kinds(heard)
    assert "generationComplete" not in names
    assert names[-3:] == ["interrupted", "turnComplete", "usageMetadata"]


async def test_barge_in_interrupts_what_is_still_being_played() -> None:
    speech = Speech(tone(440, 5.0))
    async with Simulator(one_turn(speech)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        await client.hear_until("generationComplete")
        await client.speak(speech_like(0.3))
        heard = await client.hear_until("turnComplete")

    assert kinds(heard) == ["voiceActivity", "interrupted", "turnComplete", "usageMetadata"]


async def test_barge_in_does_nothing_when_the_setup_forbids_it() -> None:
    config = {"activityHandling": "NO_INTERRUPTION"}
    turns = (Turn(on="text", send=(BEEP,)), Turn(on="speech", send=(script.Says("b"),)))
    async with (
        Simulator(Script(turns=turns)) as simulator,
        open_session(simulator.url, realtimeInputConfig=config) as client,
    ):
        await client.ask()
        await client.utter()
        first = await client.hear_until("turnComplete")
        second = await client.hear_until("turnComplete")

    assert "interrupted" not in kinds(first)
    assert joined_text(second, "outputTranscription") == "b"


@pytest.mark.parametrize("is_complete", [True, False])
async def test_client_content_interrupts(is_complete: bool) -> None:
    async with Simulator(one_turn(LONG)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        await client.hear_until("modelTurn")
        await client.send({"clientContent": {"turnComplete": is_complete}})

        assert "interrupted" in kinds(await client.hear_until("turnComplete"))


async def test_client_content_is_a_text() -> None:
    turns = [{"role": "user", "parts": [{"text": "Tell me "}, {"text": "a STORY"}]}]
    script_ = Script(turns=(Turn(on="text", contains="a story", send=(script.Says("b"),)),))
    async with Simulator(script_) as simulator, open_session(simulator.url) as client:
        await client.ask("something else")
        await client.send({"clientContent": {"turns": turns, "turnComplete": True}})
        await client.hear_until("turnComplete")

        assert simulator.state.last.texts == ["something else", "Tell me a STORY"]


async def test_activity_messages_replace_the_detection_when_it_is_disabled() -> None:
    config = {"automaticActivityDetection": {"disabled": True}}
    async with (
        Simulator(one_turn(BEEP, on="speech")) as simulator,
        open_session(simulator.url, realtimeInputConfig=config) as client,
    ):
        await client.send({"realtimeInput": {"activityStart": {}}})
        await client.speak(quiet(0.1))
        await client.send({"realtimeInput": {"activityEnd": {}}})
        heard = await client.hear_until("turnComplete")

    assert kinds(heard) == ["outputTranscription", "modelTurn", *ENDING]


async def test_transcripts_and_voice_activity_are_withheld_from_who_did_not_ask() -> None:
    script_ = Script(turns=(Turn(on="speech", heard="Hello.", send=(BEEP,)),))
    async with Simulator(script_) as simulator, raw_client(simulator.url) as client:
        await client.send({"setup": {"model": "models/gemini-2.5-flash-native-audio-latest"}})
        await client.hear()
        await client.utter()

        assert kinds(await client.hear_until("turnComplete")) == ["modelTurn", *ENDING]


async def test_incomplete_turn_just_stops() -> None:
    turns = (
        Turn(on="text", send=(script.Says("a"),), complete=False),
        Turn(on="text", send=(script.Says("b"),)),
    )
    async with Simulator(Script(turns=turns)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        await client.hear()
        await client.ask()

        assert kinds(await client.hear_until("turnComplete")) == ["outputTranscription", *ENDING]


async def test_open_turn_starts_by_itself() -> None:
    script_ = one_turn(script.Says("Hello."), on="open")
    async with Simulator(script_) as simulator, open_session(simulator.url) as client:
        assert kinds(await client.hear_until("turnComplete")) == ["outputTranscription", *ENDING]


async def test_trigger_that_no_turn_waits_for_changes_nothing() -> None:
    turns = (Turn(on="text", send=(script.Says("a"),)),)
    async with Simulator(Script(turns=turns)) as simulator, open_session(simulator.url) as client:
        await client.utter()
        await client.send(still_message())
        await client.ask()
        heard = await client.hear_until("turnComplete")
        await client.ask()
        await simulator.state.wait_for(lambda state: len(state.last.texts) == 2)

        assert kinds(heard) == ["voiceActivity", "outputTranscription", *ENDING]
        assert simulator.state.last.turns_started == 1
