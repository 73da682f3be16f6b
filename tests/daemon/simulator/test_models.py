"""What single models refuse, seen from a client over TCP."""

from __future__ import annotations

from typing import Any

import pytest

from myna.simulator.models import SHUT_DOWN
from myna.simulator.options import Options
from myna.simulator.service import Simulator
from support.client_messages import INVALID, as_id, tool
from support.raw_client import PATH, RawClient, open_session, raw_client, refusal, setup_message
from support.turns import one_turn

V38 = "models/gemini-3.8-live"
EXTENDED = "models/gemini-3.8-live-extended-thinking"
V31 = "models/gemini-3.1-flash-live-preview"
V25 = "models/gemini-2.5-flash-native-audio-preview-12-2025"
OTHER = "models/gemini-9-live"
ALPHA = PATH.replace("v1beta", "v1alpha")
SCHEDULING = "Function response scheduling is not supported for this model"
THINKING = "Thinking level must be specified for this model"


def generation(**config: object) -> dict[str, Any]:
    return {"generationConfig": {"responseModalities": ["AUDIO"], **config}}


def thinking(**config: object) -> dict[str, Any]:
    return generation(thinkingConfig=config)


def behaving(behavior: str) -> dict[str, Any]:
    return {"tools": tool(behavior=behavior)}


LEVEL = thinking(thinkingLevel="LOW")
OFF = {"proactivity": {"proactiveAudio": False}}
ON = {"proactivity": {"proactiveAudio": True}}

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (V38, thinking(thinkingBudget=0), INVALID),
    (V38, LEVEL, INVALID),
    (V38, OFF, INVALID),
    (EXTENDED, {}, THINKING),
    (EXTENDED, thinking(includeThoughts=True), THINKING),
    (EXTENDED, {**LEVEL, **behaving("BLOCKING")}, INVALID),
    (V31, behaving("BLOCKING"), INVALID),
    (V31, behaving("NON_BLOCKING"), INVALID),
    (V31, ON, INVALID),
    (V31, generation(enableAffectiveDialog=True), INVALID),
]

TAKEN: list[tuple[str, dict[str, Any]]] = [
    (V38, {**ON, **behaving("BLOCKING")}),
    (EXTENDED, {**LEVEL, **behaving("NON_BLOCKING")}),
    (V31, LEVEL),
    (V25, {**thinking(thinkingBudget=-1), **OFF, **behaving("NON_BLOCKING")}),
    (OTHER, {**LEVEL, **OFF, **behaving("BLOCKING")}),
]


@pytest.mark.parametrize(("model", "fields", "reason"), REFUSED, ids=as_id)
async def test_model_refuses_what_it_does_not_do(
    model: str, fields: dict[str, Any], reason: str
) -> None:
    async with Simulator(one_turn()) as simulator:
        message = setup_message(model=model, **fields)

        assert await refusal(simulator.url, message, ALPHA) == (1007, reason)


@pytest.mark.parametrize(("model", "fields"), TAKEN, ids=as_id)
async def test_model_takes_what_it_does(model: str, fields: dict[str, Any]) -> None:
    async with Simulator(one_turn()) as simulator, raw_client(simulator.url, ALPHA) as client:
        await client.send(setup_message(model=model, **fields))

        assert await client.hear() == {"setupComplete": {}}


async def test_affective_dialogue_ends_3_8_at_the_first_message_after_the_setup() -> None:
    async with Simulator(one_turn()) as simulator, raw_client(simulator.url, ALPHA) as client:
        await client.send(setup_message(**generation(enableAffectiveDialog=True)))
        await client.hear_until("setupComplete")
        await client.ask()

        assert await client.closing() == (1007, INVALID)


async def answer_with_scheduling(client: RawClient) -> None:
    await client.answer("call_1", "look", scheduling="SILENT")


@pytest.mark.parametrize(("model", "config"), [(V31, {}), (EXTENDED, LEVEL)])
async def test_model_without_scheduling_refuses_it(model: str, config: dict[str, Any]) -> None:
    async with (
        Simulator(one_turn()) as simulator,
        open_session(simulator.url, model=model, **config) as client,
    ):
        await answer_with_scheduling(client)

        assert await client.closing() == (1007, SCHEDULING)


@pytest.mark.parametrize("model", [V38, V25])
async def test_model_with_scheduling_takes_it(model: str) -> None:
    async with (
        Simulator(one_turn()) as simulator,
        open_session(simulator.url, model=model) as client,
    ):
        await answer_with_scheduling(client)
        await simulator.state.wait_for(lambda state: bool(state.last.ignored_responses))

        assert simulator.state.last.closed is None


def told(part: dict[str, Any]) -> dict[str, Any]:
    return {"clientContent": {"turns": [{"role": "user", "parts": [part]}]}}


TEXT = told({"text": "I am Ada."})
CALL = told({"functionCall": {"name": "look", "args": {}}})
AUDIO = told({"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": "AAAA"}})
SEEDING = {"historyConfig": {"initialHistoryInClientContent": True}}
NOT_IMPLEMENTED = (1008, "Operation is not implemented, or supported, or enabled.")


@pytest.mark.parametrize(
    ("model", "fields", "message", "closing"),
    [
        (V31, {}, TEXT, (1007, INVALID)),
        (V31, SEEDING, CALL, (1007, INVALID)),
        (V25, {}, CALL, (1007, INVALID)),
        (V38, {}, AUDIO, NOT_IMPLEMENTED),
    ],
)
async def test_model_refuses_history_that_it_cannot_be_told(
    model: str, fields: dict[str, Any], message: object, closing: tuple[int, str]
) -> None:
    async with (
        Simulator(one_turn()) as simulator,
        open_session(simulator.url, model=model, **fields) as client,
    ):
        await client.send(message)

        assert await client.closing() == closing


@pytest.mark.parametrize(
    ("model", "fields", "message"), [(V31, SEEDING, TEXT), (V38, {}, CALL), (V25, {}, TEXT)]
)
async def test_model_takes_history_that_it_can_be_told(
    model: str, fields: dict[str, Any], message: object
) -> None:
    async with (
        Simulator(one_turn()) as simulator,
        open_session(simulator.url, model=model, **fields) as client,
    ):
        await client.send(message)
        await simulator.state.wait_for(lambda state: bool(state.last.history))

        assert simulator.state.last.closed is None


@pytest.mark.parametrize("model", sorted(SHUT_DOWN))
async def test_model_that_was_shut_down_is_not_found(model: str) -> None:
    async with Simulator(one_turn()) as simulator:
        code, reason = await refusal(simulator.url, setup_message(model=model))

    words = f"{model} is not found for API version v1beta, or is not supported for bidiGenerate"
    assert (code, len(reason)) == (1008, 123)
    assert reason.startswith(words)


async def test_only_known_models_exist_when_some_are_named() -> None:
    async with Simulator(one_turn(), options=Options(known_models=(V38,))) as simulator:
        code, reason = await refusal(simulator.url, setup_message(model=OTHER))
        async with open_session(simulator.url, model=V38):
            pass

    assert code == 1008
    assert reason.startswith(f"{OTHER} is not found for API version v1beta")
