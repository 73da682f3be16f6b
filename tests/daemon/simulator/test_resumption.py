"""What a session keeps when its connection is lost, seen from a client over TCP."""

from __future__ import annotations

import asyncio
import time

import pytest
from websockets.exceptions import ConnectionClosed

from myna.simulator import script
from myna.simulator.options import Options
from myna.simulator.script import Script, Turn
from myna.simulator.service import Simulator
from support.raw_client import (
    PATH,
    RawClient,
    joined_text,
    kinds,
    open_session,
    raw_client,
    refusal,
    resumable,
    setup_message,
)
from support.turns import ENDING, LONG

INTERNAL = (1011, "Internal error encountered.")
NOT_FOUND = (1008, "BidiGenerateContent session not found")
TOKEN_PATH = PATH.replace("v1beta", "v1alpha") + "Constrained?access_token=auth_tokens/abc"
A_AND_B = (
    Turn(on="text", send=(script.Says("a"),)),
    Turn(on="text", send=(script.Says("b"),)),
)


def resuming(handle: str, **fields: object) -> dict[str, object]:
    return setup_message(sessionResumption={"handle": handle}, **fields)


async def drop(client: RawClient, simulator: Simulator) -> None:
    """Lose the connection on the client's side, and wait until the server knows."""
    record = simulator.state.last
    client.socket.transport.abort()
    await simulator.state.wait_for(lambda _: record.closed is not None)


async def said(client: RawClient) -> str:
    return joined_text(await client.hear_until("turnComplete"), "outputTranscription")


async def test_lost_connection_holds_its_session_for_so_long() -> None:
    options = Options(holds_lost_s=0.5)
    async with Simulator(Script(turns=A_AND_B), options=options) as simulator:
        async with resumable(simulator.url) as (client, handle):
            await drop(client, simulator)
            lost_s = time.monotonic()
        answers = [await first_answer(simulator.url, handle)]
        while answers[-1] == INTERNAL:
            answers.append(await first_answer(simulator.url, handle))
        held_s = time.monotonic() - lost_s

    assert answers[0] == INTERNAL
    assert answers[-1] == "setupComplete"
    assert 0.4 < held_s < 2.0


async def first_answer(url: str, handle: str) -> object:
    """Return the key of the first message after a setup, or how the server closed."""
    async with raw_client(url) as client:
        await client.send(resuming(handle))
        try:
            return next(iter(await client.hear()))
        except ConnectionClosed:
            return await client.closing()


async def test_open_connection_holds_its_session() -> None:
    options = Options(holds_lost_s=0.01)
    async with (
        Simulator(Script(turns=A_AND_B), options=options) as simulator,
        resumable(simulator.url) as (_, handle),
    ):
        assert await refusal(simulator.url, resuming(handle)) == INTERNAL


async def test_session_is_free_at_once_when_the_client_closed() -> None:
    options = Options(holds_lost_s=60.0)
    async with Simulator(Script(turns=A_AND_B), options=options) as simulator:
        async with resumable(simulator.url) as (_, handle):
            pass
        async with resumable(simulator.url, handle) as (client, _):
            await client.ask()
            assert await said(client) == "a"

        assert simulator.state.last.resumed_handle == handle


async def test_half_open_connection_holds_its_session_for_so_long() -> None:
    turns = (Turn(on="text", send=(script.Cut("half-open"),)), *A_AND_B)
    async with Simulator(Script(turns=turns), options=Options(holds_lost_s=60.0)) as simulator:
        async with resumable(simulator.url) as (client, handle):
            await client.ask()
            await simulator.state.wait_for(lambda state: state.last.sent("cut") == 1)
            client.socket.transport.abort()
        held = await refusal(simulator.url, resuming(handle))
        simulator.options = Options()
        async with resumable(simulator.url, handle) as (client, _):
            await client.ask()
            assert await said(client) == "a"

    assert held == INTERNAL


async def test_handles_are_refused_when_told_so() -> None:
    async with Simulator(
        Script(turns=A_AND_B), options=Options(refuses_resumption=True)
    ) as simulator:
        async with resumable(simulator.url) as (_, handle):
            pass

        assert await refusal(simulator.url, resuming(handle)) == NOT_FOUND


async def test_handle_expires() -> None:
    async with Simulator(Script(turns=A_AND_B), options=Options(handle_life_s=0.0)) as simulator:
        async with resumable(simulator.url) as (_, handle):
            pass
        await simulator.state.wait_for(lambda state: state.last.closed is not None)

        assert await refusal(simulator.url, resuming(handle)) == NOT_FOUND


async def test_resumed_session_keeps_its_model_and_may_change_the_rest() -> None:
    async with Simulator(Script(turns=A_AND_B)) as simulator:
        async with resumable(simulator.url) as (_, handle):
            pass
        other = resuming(handle, model="models/gemini-3.1-flash-live-preview")
        assert await refusal(simulator.url, other) == (
            1007,
            "Request contains an invalid argument.",
        )
        async with open_session(
            simulator.url,
            sessionResumption={"handle": handle},
            systemInstruction={"parts": [{"text": "Be brief."}]},
        ):
            assert simulator.state.last.instruction == "Be brief."


async def test_turn_without_its_trigger_stays_the_next_one() -> None:
    async with Simulator(Script(turns=A_AND_B)) as simulator:
        async with resumable(simulator.url) as (client, handle):
            await drop(client, simulator)
        async with resumable(simulator.url, handle) as (client, _):
            await client.ask()
            assert await said(client) == "a"


async def test_turn_that_had_sent_nothing_is_given_back() -> None:
    turns = (Turn(on="text", send=(script.Pause(60.0), script.Says("late"))), A_AND_B[1])
    async with Simulator(Script(turns=turns)) as simulator:
        async with resumable(simulator.url) as (client, handle):
            await client.ask()
            await simulator.state.wait_for(lambda state: state.last.turns_started == 1)
            await drop(client, simulator)
        async with resumable(simulator.url, handle) as (client, _):
            await client.ask()
            await simulator.state.wait_for(lambda state: state.last.turns_started == 1)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.socket.recv(), 0.2)


async def test_turn_that_had_sent_something_is_lost_with_its_connection() -> None:
    turns = (Turn(on="text", send=(LONG,)), A_AND_B[1])
    async with Simulator(Script(turns=turns)) as simulator:
        async with resumable(simulator.url) as (client, handle):
            await client.ask()
            await client.hear_until("modelTurn")
            await drop(client, simulator)
        async with resumable(simulator.url, handle) as (client, _):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.socket.recv(), 0.2)
            await client.ask()
            assert await said(client) == "b"


async def test_turn_whose_deed_was_to_cut_the_link_is_taken() -> None:
    turns = (Turn(on="text", send=(script.Cut("reset"),)), A_AND_B[1])
    async with Simulator(Script(turns=turns)) as simulator:
        async with resumable(simulator.url) as (client, handle):
            await client.ask()
            await client.closing()
        async with resumable(simulator.url, handle) as (client, _):
            await client.ask()
            assert await said(client) == "b"


async def test_new_session_that_shares_the_script_gets_the_turn_that_was_given_back() -> None:
    turns = (Turn(on="text", send=(script.Pause(0.3), script.Says("a"))), A_AND_B[1])
    async with Simulator(Script(turns=turns, new_session="continue")) as simulator:
        async with resumable(simulator.url) as (client, _):
            await client.ask()
            await simulator.state.wait_for(lambda state: state.last.turns_started == 1)
            await drop(client, simulator)
        async with open_session(simulator.url) as client:
            await client.ask()
            assert await said(client) == "a"


WITH_CALL = Script(turns=(Turn(on="text", send=(script.ToolCall("look"), script.Says("a bird"))),))


async def test_blocking_call_survives_and_the_turn_goes_on_with_its_answer() -> None:
    async with Simulator(WITH_CALL) as simulator:
        async with resumable(simulator.url) as (client, handle):
            await client.ask()
            await client.hear_until("toolCall")
            await drop(client, simulator)
        async with resumable(simulator.url, handle) as (client, later):
            await drop(client, simulator)
        async with resumable(simulator.url, later) as (client, _):
            await client.answer("call_1", "look")
            heard = await client.hear_until("turnComplete")

    assert kinds(heard) == ["outputTranscription", *ENDING]
    assert [answer.id for answer in simulator.state.last.tool_responses] == ["call_1"]


async def test_call_that_did_not_block_survives_and_its_answer_starts_a_turn() -> None:
    turns = (
        Turn(on="text", send=(script.ToolCall("look", wait=False),)),
        Turn(on="tool_response", send=(script.Says("a bird"),)),
    )
    async with Simulator(Script(turns=turns)) as simulator:
        async with resumable(simulator.url) as (client, handle):
            await client.ask()
            await client.hear_until("turnComplete")
            await drop(client, simulator)
        async with resumable(simulator.url, handle) as (client, _):
            await client.answer("call_1", "look")
            assert await said(client) == "a bird"


async def test_new_session_ignores_answers_to_calls_of_an_old_one() -> None:
    async with Simulator(WITH_CALL) as simulator:
        async with resumable(simulator.url) as (client, _):
            await client.ask()
            await client.hear_until("toolCall")
            await drop(client, simulator)
        async with open_session(simulator.url) as client:
            await client.answer("call_1", "look")
            await simulator.state.wait_for(lambda state: bool(state.last.ignored_responses))

    assert not simulator.state.last.tool_responses


async def test_resumed_connection_takes_the_stage_from_one_that_is_still_open() -> None:
    turns = (Turn(on="text", send=(LONG,)), A_AND_B[1])
    async with (
        Simulator(Script(turns=turns)) as simulator,
        resumable(simulator.url) as (old, handle),
    ):
        await old.ask()
        await old.hear_until("modelTurn")
        async with resumable(simulator.url, handle) as (client, _):
            await client.ask()
            assert await said(client) == "b"


async def test_token_starts_so_many_sessions_and_resuming_is_not_counted() -> None:
    options = Options(token_uses=1)
    async with Simulator(Script(turns=A_AND_B), options=options) as simulator:
        async with raw_client(simulator.url, TOKEN_PATH, {}) as client:
            await client.send(setup_message(sessionResumption={}))
            update = (await client.hear_until("sessionResumptionUpdate"))[-1]
        handle = update["sessionResumptionUpdate"]["newHandle"]
        async with raw_client(simulator.url, TOKEN_PATH, {}) as client:
            await client.send(resuming(handle))
            await client.hear_until("sessionResumptionUpdate")
        third = await refusal(simulator.url, setup_message(), TOKEN_PATH, {})
        async with open_session(simulator.url):
            pass  # a key is no token

    assert third == (1011, "Token has been used too many times")
