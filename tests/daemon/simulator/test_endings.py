"""Every way in which the server ends a connection, seen from a client over TCP."""

from __future__ import annotations

import asyncio
import time

import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from myna.simulator import script
from myna.simulator.endings import ENDINGS
from myna.simulator.options import Options
from myna.simulator.refusal import cut
from myna.simulator.script import Script, Turn
from myna.simulator.service import Simulator
from support.raw_client import (
    RawClient,
    audio_message,
    open_session,
    quiet,
    raw_client,
    refusal,
    setup_message,
)
from support.turns import BEEP, one_turn


@pytest.mark.parametrize("name", ENDINGS)
async def test_named_ending_closes_with_its_code_and_words(name: str) -> None:
    action = script.End(name)
    async with Simulator(one_turn(action)) as simulator, open_session(simulator.url) as client:
        await client.ask()

        assert await client.closing() == (ENDINGS[name].code, cut(ENDINGS[name].reason))


@pytest.mark.parametrize("name", ENDINGS)
async def test_named_ending_answers_every_setup_when_told_so(name: str) -> None:
    async with Simulator(one_turn(), options=Options(ends_opening=name)) as simulator:
        closing = await refusal(simulator.url, setup_message())

    assert closing == (ENDINGS[name].code, cut(ENDINGS[name].reason))


@pytest.mark.parametrize("status", [403, 429, 503])
async def test_upgrade_is_answered_with_the_status_told(status: int) -> None:
    options = Options(upgrade_status=status)  # type: ignore[arg-type]
    async with Simulator(one_turn(), options=options) as simulator:
        with pytest.raises(InvalidStatus) as refused:
            async with raw_client(simulator.url):
                pass

    assert refused.value.response.status_code == status
    assert simulator.state.refused_upgrades == 1
    assert not simulator.state.connections


async def test_options_that_are_replaced_hold_for_the_next_connection() -> None:
    async with Simulator(one_turn(), options=Options(ends_opening="quota")) as simulator:
        first = await refusal(simulator.url, setup_message())
        simulator.options = Options()
        async with open_session(simulator.url):
            pass

    assert first[0] == 1011


async def test_reset_reaches_the_client_as_a_reset() -> None:
    action = script.Cut("reset")
    async with Simulator(one_turn(action)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        with pytest.raises(ConnectionClosedError) as closed:
            await client.socket.recv()
        await simulator.state.wait_for(lambda state: state.last.closed is not None)

    assert isinstance(closed.value.__cause__, ConnectionResetError)
    assert closed.value.rcvd is None


async def test_clean_cut_reaches_the_client_as_an_end_without_a_close_frame() -> None:
    action = script.Cut("clean")
    async with Simulator(one_turn(action)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        with pytest.raises(ConnectionClosedError) as closed:
            await client.socket.recv()
        await simulator.state.wait_for(lambda state: state.last.closed is not None)

    assert isinstance(closed.value.__cause__, EOFError)
    assert closed.value.rcvd is None


async def test_half_open_link_is_neither_read_nor_answered_nor_closed() -> None:
    turns = (Turn(on="text", send=(script.Cut("half-open"),)), Turn(on="text", send=(BEEP,)))
    async with (
        Simulator(Script(turns=turns)) as simulator,
        open_session(simulator.url) as client,
    ):
        await client.ask()
        await simulator.state.wait_for(lambda state: state.last.sent("cut") == 1)
        pong = asyncio.ensure_future(await client.socket.ping())
        await client.ask()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.socket.recv(), 0.2)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(fill(client), 1.0)
        record = simulator.state.last

        assert not pong.done()
        assert (record.closed, record.texts, record.pings) == (None, ["go"], 0)
        client.socket.transport.abort()
        with pytest.raises(ConnectionClosedError):
            await pong


async def fill(client: RawClient) -> None:
    """Send until the window of the peer is full."""
    while True:
        await client.socket.send("x" * 2**20)


async def test_server_that_stops_does_not_wait_for_a_half_open_link() -> None:
    simulator = Simulator(one_turn(script.Cut("half-open")))
    async with simulator:
        connection = open_session(simulator.url)
        client = await connection.__aenter__()
        await client.ask()
        await simulator.state.wait_for(lambda state: state.last.sent("cut") == 1)
        start_s = time.monotonic()
    stopped_s = time.monotonic() - start_s
    assert (await client.closing())[0] == 1006
    await connection.__aexit__(None, None, None)

    assert stopped_s < 0.9


async def test_connection_gets_go_away_and_is_closed_when_the_client_stays() -> None:
    options = Options(go_away_after_s=0.2, time_left_s=0.3)
    async with (
        Simulator(one_turn(), options=options) as simulator,
        open_session(simulator.url) as client,
    ):
        start_s = time.monotonic()
        assert await client.hear() == {"goAway": {"timeLeft": "0.3s"}}
        warned_s = time.monotonic() - start_s
        closing = await client.closing()
        closed_s = time.monotonic() - start_s

    assert closing == (
        1008,
        (
            "Connection aborted because the client failed to close the connection after "
            "receiving a GoAway"
        ),
    )
    assert warned_s >= 0.15
    assert closed_s >= 0.45


async def test_go_away_is_no_matter_when_the_client_left() -> None:
    options = Options(go_away_after_s=0.1, time_left_s=3600.0)
    async with Simulator(one_turn(), options=options) as simulator:
        async with open_session(simulator.url) as client:
            await client.hear_until("goAway")
        await simulator.state.wait_for(lambda state: state.last.closed is not None)
        closed = simulator.state.last.closed

    assert closed is not None
    assert (closed.code, closed.by) == (1000, "client")


async def test_audio_while_a_blocking_call_is_pending_closes_when_told_so() -> None:
    turn = one_turn(script.ToolCall("look"), script.Says("a"))
    options = Options(blocking_calls_refuse_audio=True)
    async with (
        Simulator(turn, options=options) as simulator,
        open_session(simulator.url) as client,
    ):
        await client.speak(quiet(0.1))
        await client.ask()
        await client.hear_until("toolCall")
        await client.send(audio_message(quiet(0.1)))

        assert await client.closing() == (
            1008,
            "Operation is not implemented, or supported, or enabled.",
        )
