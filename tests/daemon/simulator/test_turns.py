"""What the server sends in a turn, and when, seen from a client over TCP."""

from __future__ import annotations

import time
from array import array

import pytest

from myna.simulator import script
from myna.simulator.script import Script, Speech, Turn
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from support.raw_client import (
    audio_message,
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
        "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 45}],
        "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": 5}],
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


async def test_empty_client_content_stops_the_reply_and_waits_for_the_user() -> None:
    turns = (Turn(on="text", send=(LONG,)), Turn(on="speech", send=(script.Says("b"),)))
    async with (
        Simulator(Script(turns=turns)) as simulator,
        open_session(simulator.url) as client,
    ):
        await client.ask()
        await client.hear_until("modelTurn")
        await client.send({"clientContent": {"turnComplete": False}})
        cut = await client.hear_until("turnComplete")
        await client.utter()
        answered = await client.hear_until("turnComplete")

    assert kinds(cut)[-3:] == ["interrupted", "turnComplete", "usageMetadata"]
    assert "generationComplete" not in kinds(cut)
    assert simulator.state.last.history == []
    assert joined_text(answered, "outputTranscription") == "b"


async def test_empty_client_content_changes_nothing_when_no_reply_is_made() -> None:
    async with Simulator(one_turn(BEEP)) as simulator, open_session(simulator.url) as client:
        await client.send({"clientContent": {"turnComplete": False}})
        await client.ask()
        heard = await client.hear_until("turnComplete")

    assert "interrupted" not in kinds(heard)
    assert "generationComplete" in kinds(heard)


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


async def test_tokens_are_counted_by_modality() -> None:
    image = {"inlineData": {"mimeType": "image/jpeg", "data": "/9j/AAAA"}}
    content = {"turns": [{"role": "user", "parts": [{"text": "What is it?"}, image]}]}
    async with (
        Simulator(one_turn(BEEP)) as simulator,
        open_session(simulator.url) as client,
    ):
        await client.speak(quiet(1.0))
        await client.send({"clientContent": {**content, "turnComplete": True}})
        tokens = (await client.hear_until("turnComplete"))[-1]["usageMetadata"]

    details = {one["modality"]: one["tokenCount"] for one in tokens["promptTokensDetails"]}
    assert details == {"AUDIO": 25, "IMAGE": 258, "TEXT": 6}
    assert tokens["promptTokenCount"] == 25 + 258 + 6
    assert tokens["responseTokensDetails"] == [{"modality": "AUDIO", "tokenCount": 5}]


async def test_audio_of_another_rate_is_heard_in_its_own_time() -> None:
    async with (
        Simulator(one_turn(script.Says("b"), on="speech")) as simulator,
        open_session(simulator.url) as client,
    ):
        pcm = array("h", (sample for sample in array("h", speech_like(0.5)) for _ in range(3)))
        await client.send(audio_message(pcm.tobytes() + bytes(2 * 48_000), rate_hz=48_000))
        heard = await client.hear_until("turnComplete")

        assert heard[0]["voiceActivity"]["audioOffset"] == "0.120s"
        assert simulator.state.last.received == speech_like(0.5) + quiet(1.0)
        assert simulator.state.last.heard_frames == 24_000


async def test_client_content_that_is_incomplete_adds_to_the_history_and_waits() -> None:
    def told(role: str, text: str) -> dict[str, object]:
        return {"role": role, "parts": [{"text": text}]}

    turns = [told("user", "I am Ada."), told("model", "Hello Ada.")]
    async with Simulator(one_turn(BEEP)) as simulator, open_session(simulator.url) as client:
        await client.send({"clientContent": {"turns": turns}})
        await simulator.state.wait_for(lambda state: len(state.last.history) == 2)
        last = simulator.state.last
        assert (last.turns_started, last.texts) == (0, [])
        await client.ask()
        await client.hear_until("turnComplete")

    assert [(turn.role, turn.text) for turn in last.history] == [
        ("user", "I am Ada."),
        ("model", "Hello Ada."),
    ]


async def test_seeded_history_is_not_answered_until_its_turn_is_complete() -> None:
    turns = [{"role": "user", "parts": [{"text": "I am Ada."}]}]
    async with (
        Simulator(one_turn(BEEP)) as simulator,
        open_session(
            simulator.url,
            historyConfig={"initialHistoryInClientContent": True},
            systemInstruction={"parts": [{"text": "Be "}, {"text": "brief."}]},
        ) as client,
    ):
        await client.send({"clientContent": {"turns": turns}})
        await client.send({"clientContent": {"turns": turns, "turnComplete": True}})
        await simulator.state.wait_for(lambda state: len(state.last.history) == 2)
        last = simulator.state.last
        assert (last.turns_started, last.texts) == (0, [])
        await client.send({"clientContent": {"turns": turns, "turnComplete": True}})
        await client.hear_until("turnComplete")

    assert last.texts == ["I am Ada."]
    assert last.instruction == "Be brief."


@pytest.mark.parametrize(
    ("model", "stills"),
    [("gemini-3.8-live", 1), ("gemini-2.5-flash-native-audio-latest", 0)],
)
async def test_image_in_a_tool_answer_is_seen_where_the_model_reads_it(
    model: str, stills: int
) -> None:
    calls = (script.ToolCall("look"), script.Says("A bird."))
    part = {"inlineData": {"mimeType": "image/jpeg", "data": "/9j/AAAA"}}
    async with (
        Simulator(one_turn(*calls)) as simulator,
        open_session(simulator.url, model=f"models/{model}") as client,
    ):
        await client.ask()
        await client.hear_until("toolCall")
        await client.answer("call_1", "look", parts=[part])
        await client.hear_until("turnComplete")
        last = simulator.state.last

    assert [still.data[:3] for still in last.stills] == [b"\xff\xd8\xff"] * stills
    assert len(last.tool_responses) == 1
