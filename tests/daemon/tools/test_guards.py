"""What stands between a call and its tool: the risk, and the yes."""

from __future__ import annotations

import asyncio

import pytest

from myna.tools.registry import Registry
from myna.tools.rules import ToolRule
from myna.tools.tool import Tool
from support.tool_house import House


@pytest.fixture
async def house() -> House:
    return House()


# --- risk -------------------------------------------------------------------------------


async def test_call_that_needs_a_yes_does_nothing_before_it(house: House) -> None:
    call = await house.asked("open_gate", minutes=2)
    assert house.consent.wish == "open_gate(minutes=2)"
    assert house.done == []
    house.consent.grant()
    answer = await call
    assert answer.response == {"output": {"minutes": 2}}
    assert house.done == [("gate", 2)]


async def test_plain_function_waits_for_its_yes_in_the_loop(house: House) -> None:
    call = await house.asked("open_door")
    house.consent.grant()
    assert (await call).is_ok
    assert house.done == [("door", "tool")]


async def test_call_without_a_yes_runs_nothing_and_may_come_again(house: House) -> None:
    call = await house.asked("open_gate")
    house.consent.close()
    assert (await call).response == {"error": "open_gate was not done: the conversation is over"}
    house.consent.open()
    call = await house.asked("open_gate")
    house.consent.grant()
    answer = await call
    assert (answer.is_ok, answer.is_repeat, len(house.done)) == (True, False, 1)


async def test_call_that_needs_a_yes_is_refused_where_nobody_can_give_it() -> None:
    house = House()
    registry = Registry([Tool.from_function(house.open_gate, risk="confirm")])
    answer = await registry.call("open_gate", {})
    assert answer.response == {"error": "open_gate was not run: nobody here can say yes to it"}
    assert house.done == []


async def test_wrong_arguments_are_told_without_asking_anybody(house: House) -> None:
    answer = await house.call("open_gate", minutes="many")
    assert "minutes" in answer.response["error"]
    assert house.consent.wish is None


async def test_person_at_a_shell_needs_no_yes(house: House) -> None:
    assert (await house.command("open_gate", minutes=3)).is_ok
    assert (await house.command("stop_heating")).is_ok
    assert (await house.command("dim", level=3)).is_ok
    assert house.done == [("gate", 3), "heating", ("dim", 3)]


async def test_model_knows_nothing_of_what_it_may_never_call(house: House) -> None:
    declared = [declaration.name for declaration in house.registry.declarations()]
    assert declared == ["open_gate", "open_door", "dim", "read", "wait"]
    names = ", ".join(declared)
    told = {"error": f"There is no tool 'stop_heating'. The tools are: {names}"}
    assert (await house.call("stop_heating")).response == told
    assert house.done == []


async def test_person_at_a_shell_is_told_of_all_tools(house: House) -> None:
    answer = await house.command("sing")
    assert answer.response["error"].endswith("open_gate, open_door, stop_heating, dim, read, wait")


async def test_risk_may_depend_on_the_arguments(house: House) -> None:
    assert (await house.call("dim", level=1)).is_ok
    call = await house.asked("dim", level=2)
    house.consent.grant()
    assert (await call).is_ok
    assert (await house.call("dim", level=3)).response == {
        "error": "dim was not run: the owner of this speaker does not allow it by voice. "
        "Tell the user so"
    }
    assert house.done == [("dim", 1), ("dim", 2)]


async def test_tool_that_cannot_tell_its_risk_is_not_run(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    assert "failed inside" in (await house.call("dim", level=4)).response["error"]
    assert (house.done, caplog.messages) == ([], ["tool dim failed"])


async def test_owner_has_the_last_word() -> None:
    house = House()
    tools = [Tool.from_function(house.read), Tool.from_function(house.open_gate, risk="confirm")]
    rules = {"read": ToolRule(risk="never-by-voice"), "open_gate": ToolRule(is_offered=False)}
    registry = Registry(tools, rules=rules)
    assert registry.declarations() == ()
    for name in ("read", "open_gate"):
        assert (await registry.call(name, {})).response == {
            "error": f"There is no tool {name!r}. The tools are: none"
        }
    assert (await registry.call("read", {}, "command")).is_ok


# --- calls that wait for a yes ----------------------------------------------------------


async def test_repeat_of_a_call_that_waits_joins_it(house: House) -> None:
    first = await house.asked("open_gate")
    again = house.call("open_gate", minutes=1)
    await asyncio.sleep(0)
    house.consent.grant()
    answers = await asyncio.gather(first, again)
    assert [answer.is_repeat for answer in answers] == [False, True]
    assert answers[0].response == answers[1].response
    assert house.done == [("gate", 1)]


async def test_other_call_while_one_waits_is_refused_at_once(house: House) -> None:
    first = await house.asked("open_gate")
    refused = await house.call("open_door")
    assert "the user is being asked about open_gate()" in refused.response["error"]
    house.consent.grant()
    assert (await first).is_ok
    assert house.done == [("gate", 1)]


@pytest.mark.parametrize("name", ["open_gate", "open_door"])
async def test_call_that_is_cancelled_while_it_waits_never_runs(house: House, name: str) -> None:
    call = await house.asked(name)
    call.cancel()
    await asyncio.wait([call])
    assert call.cancelled()
    assert (house.consent.wish, house.consent.grant()) == (None, None)
    assert house.done == []
    again = await house.asked(name)
    house.consent.grant()
    assert (await again).is_ok
    assert len(house.done) == 1


async def test_call_goes_on_waiting_for_whoever_joined_it(house: House) -> None:
    first = await house.asked("open_door")
    second = house.call("open_door")
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    house.consent.grant()
    assert (await second).is_ok
    assert len(house.done) == 1


async def test_thread_that_runs_after_its_yes_is_not_started_twice_when_cancelled(
    house: House,
) -> None:
    house.thread_gate.clear()
    call = await house.asked("open_door")
    house.consent.grant()
    assert await asyncio.to_thread(house.began_on_thread.wait, 10)
    call.cancel()
    await asyncio.wait([call])
    again = house.call("open_door")
    house.thread_gate.set()
    answer = await again
    assert (answer.is_ok, answer.is_repeat) == (True, True)
    assert house.done == [("door", "tool")]
