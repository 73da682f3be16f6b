"""What each action of a script does, seen from a client over TCP."""

from __future__ import annotations

import asyncio

import pytest

from myna.simulator import script
from myna.simulator.script import AnyAction, Script, Speech, Turn
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from support.raw_client import (
    joined_text,
    kinds,
    open_session,
    reply_pcm,
    speech_like,
    still_message,
)
from support.turns import BEEP, ENDING, one_turn


async def test_tool_call_keeps_the_turn_waiting_for_its_answer() -> None:
    call = script.ToolCall("look")
    async with Simulator(one_turn(call, BEEP)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        assert await client.hear() == {
            "toolCall": {"functionCalls": [{"id": "call_1", "name": "look", "args": {}}]}
        }
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.socket.recv(), 0.1)
        await client.answer("call_7", "look")
        await client.answer("call_1", "look", {"output": "a bird"})
        await client.hear_until("turnComplete")
        last = simulator.state.last

    assert [(answer.id, answer.response) for answer in last.tool_responses] == [
        ("call_1", {"output": "a bird"})
    ]
    assert [answer.id for answer in last.ignored_responses] == ["call_7"]


async def test_parallel_tool_calls_are_all_waited_for() -> None:
    calls = (script.ToolCall("a", wait=False), script.ToolCall("b"), script.Says("done"))
    async with Simulator(one_turn(*calls)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        await client.hear()
        await client.hear()
        await client.answer("call_2", "b")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.socket.recv(), 0.1)
        await client.answer("call_1", "a")

        assert joined_text(await client.hear_until("turnComplete"), "outputTranscription") == "done"


async def test_non_blocking_call_ends_its_turn_and_its_answer_starts_the_next() -> None:
    turns = (
        Turn(on="text", send=(script.ToolCall("look", wait=False),)),
        Turn(on="tool_response", send=(script.Says("A bird."),)),
    )
    async with Simulator(Script(turns=turns)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        first = await client.hear_until("turnComplete")
        await client.answer("call_1", "look")
        second = await client.hear_until("turnComplete")

    assert kinds(first) == ["toolCall", *ENDING]
    assert joined_text(second, "outputTranscription") == "A bird."


async def test_barge_in_drops_the_call_that_was_waited_for() -> None:
    call = script.ToolCall("look")
    async with Simulator(one_turn(call)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        await client.hear_until("toolCall")
        await client.speak(speech_like(0.3))
        heard = await client.hear_until("turnComplete")
        await client.answer("call_1", "look")
        await simulator.state.wait_for(lambda state: bool(state.last.ignored_responses))

    assert "toolCallCancellation" not in kinds(heard)
    assert not simulator.state.last.tool_responses


async def test_wait_for_still_needs_one_that_came_in_this_turn() -> None:
    turns = (Turn(on="still"), Turn(on="text", send=(script.WaitFor("still"), BEEP)))
    async with Simulator(Script(turns=turns)) as simulator, open_session(simulator.url) as client:
        await client.send(still_message())
        await client.hear_until("turnComplete")
        await client.ask()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.socket.recv(), 1.0)
        await client.send(still_message(b"\x89PNG\r\n\x1a\npicture", "image/png"))

        assert reply_pcm(await client.hear_until("turnComplete")) == BEEP.pcm


async def test_phantom_interruption_ends_the_turn_without_generation_complete() -> None:
    actions = (Speech(tone(440, 3.0)), script.Interrupt())
    async with Simulator(one_turn(*actions)) as simulator, open_session(simulator.url) as client:
        await client.ask()

        assert kinds(await client.hear_until("turnComplete"))[-3:] == [
            "interrupted",
            "turnComplete",
            "usageMetadata",
        ]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (script.GoAway(50), {"goAway": {"timeLeft": "50s"}}),
        (script.Hears("a"), {"serverContent": {"inputTranscription": {"text": "a"}}}),
        (
            script.Resumption(""),
            {"sessionResumptionUpdate": {"newHandle": "", "resumable": False}},
        ),
        (script.Message({"serverContent": {}}), {"serverContent": {}}),
        (script.RawBinary(b'{"any": 1}'), {"any": 1}),
    ],
)
async def test_action_sends_its_message(action: AnyAction, message: dict[str, object]) -> None:
    async with Simulator(one_turn(action)) as simulator, open_session(simulator.url) as client:
        await client.ask()

        assert await client.hear() == message


async def test_raw_text_is_a_text_frame() -> None:
    action = script.RawText("no JSON")
    async with Simulator(one_turn(action)) as simulator, open_session(simulator.url) as client:
        await client.ask()

        assert await client.socket.recv() == "no JSON"


@pytest.mark.parametrize(
    ("action", "seen"),
    [
        (script.Close(1011, "Internal error encountered."), (1011, "Internal error encountered.")),
        (script.Close(1000), (1000, "")),
        (script.Close(1008, "x" * 200), (1008, "x" * 123)),
        (script.Close(1006), (1006, "")),
    ],
)
async def test_close_action_closes(action: AnyAction, seen: tuple[int, str]) -> None:
    async with Simulator(one_turn(action)) as simulator, open_session(simulator.url) as client:
        await client.ask()

        assert await client.closing() == seen
        await simulator.state.wait_for(lambda state: state.last.closed is not None)
        closed = simulator.state.last.closed

    assert closed is not None
    assert (closed.code, closed.reason, closed.by) == (*seen, "server")


async def test_stall_answers_nothing_and_keeps_the_connection() -> None:
    turns = (
        Turn(on="text", send=(script.Says("a"), script.Stall())),
        Turn(on="text", send=(BEEP,)),
    )
    async with Simulator(Script(turns=turns)) as simulator, open_session(simulator.url) as client:
        await client.ask()
        await client.hear_until("outputTranscription")
        await client.ask()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.socket.recv(), 0.2)

        await (await client.socket.ping())
