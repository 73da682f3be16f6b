"""Which place in the script a connection gets, seen from a client over TCP."""

from __future__ import annotations

from typing import Any

from myna.simulator import script
from myna.simulator.script import Script, Turn
from myna.simulator.service import Simulator
from support.raw_client import (
    MODEL,
    RawClient,
    joined_text,
    kinds,
    open_session,
    raw_client,
    setup_message,
)
from support.turns import ENDING, one_turn


async def test_script_repeats_when_told_so() -> None:
    script_ = Script(turns=(Turn(on="text", send=(script.Says("a"),)),), at_end="repeat")
    async with Simulator(script_) as simulator, open_session(simulator.url) as client:
        for _ in range(3):
            await client.ask()
            await client.hear_until("turnComplete")

        assert simulator.state.last.turns_started == 3


async def said(client: RawClient) -> str:
    await client.ask()
    return joined_text(await client.hear_until("turnComplete"), "outputTranscription")


async def test_connection_without_a_setup_is_no_session() -> None:
    script_ = Script(turns=(Turn(on="open", send=(script.Says("a"),)),))
    async with Simulator(script_) as simulator:
        async with raw_client(simulator.url):
            await simulator.state.wait_for(lambda state: bool(state.connections))
        await simulator.state.wait_for(lambda state: state.last.closed is not None)

        last = simulator.state.last
        assert last.setup is None
        assert (last.heard_frames, last.received, last.turns_started) == (0, b"", 0)
        assert [(entry.by, entry.kind) for entry in last.log] == [("client", "close")]

        async with open_session(simulator.url) as client:
            heard = await client.hear_until("turnComplete")
        assert joined_text(heard, "outputTranscription") == "a", "it took nothing of the script"


A_AND_B = (
    Turn(on="text", send=(script.Says("a"),)),
    Turn(on="text", send=(script.Says("b"),)),
)


async def test_each_session_has_its_own_place_in_the_script() -> None:
    async with (
        Simulator(Script(turns=A_AND_B)) as simulator,
        open_session(simulator.url) as first,
        open_session(simulator.url) as second,
    ):
        assert [await said(first), await said(second), await said(first)] == ["a", "a", "b"]


async def test_sessions_share_their_place_when_the_script_says_continue() -> None:
    script_ = Script(turns=A_AND_B, new_session="continue")
    async with Simulator(script_) as simulator:
        async with open_session(simulator.url) as first:
            assert await said(first) == "a"
        async with open_session(simulator.url) as second:
            assert await said(second) == "b"


async def test_resumed_session_goes_on_where_it_was() -> None:
    async with Simulator(Script(turns=A_AND_B)) as simulator:
        async with open_session(simulator.url, sessionResumption={}) as first:
            update = (await client_update(first))["sessionResumptionUpdate"]
            assert await said(first) == "a"
        async with raw_client(simulator.url) as second:
            await second.send(setup_message(sessionResumption={"handle": update["newHandle"]}))
            await second.hear_until("sessionResumptionUpdate")
            assert await said(second) == "b"

    assert update["resumable"] is True
    assert len(update["newHandle"]) == 36


async def client_update(client: RawClient) -> dict[str, Any]:
    return (await client.hear_until("sessionResumptionUpdate"))[-1]


async def test_setup_without_resumption_gets_no_handle() -> None:
    async with Simulator(one_turn(on="open")) as simulator, raw_client(simulator.url) as client:
        await client.send({"setup": {"model": MODEL}})

        assert kinds(await client.hear_until("turnComplete")) == ["setupComplete", *ENDING]
