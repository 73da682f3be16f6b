"""How often tools run, whom a command concerns, tools that come and go, and the audit."""

from __future__ import annotations

import asyncio
import logging

import pytest

from myna.tools.registry import Registry
from myna.tools.tool import Tool
from support.tool_house import SECRET, House


@pytest.fixture
async def house() -> House:
    return House()


# --- how often --------------------------------------------------------------------------


async def test_tool_runs_so_many_times_a_minute_and_says_when_again(house: House) -> None:
    for now_s in (0.0, 10.0):
        house.now_s = now_s
        assert (await house.call("read")).is_ok
    house.now_s = 20.0
    assert (await house.call("read")).response == {
        "error": "read was not run: it may run 2 times a minute, so in 40 s again. Tell the user so"
    }
    assert (await house.call("dim", level=1)).is_ok, "others have limits of their own"
    house.now_s = 60.0
    assert (await house.call("read")).is_ok
    assert house.done.count("read") == 3


async def test_limit_counts_runs_and_no_answers_from_memory(house: House) -> None:
    for _ in range(20):
        assert (await house.call("dim", level=1)).is_ok
    assert house.done == [("dim", 1)]
    house.now_s += 31
    assert not (await house.call("dim", level=1)).is_repeat


async def test_limit_counts_no_call_whose_arguments_or_risk_are_refused(house: House) -> None:
    for level in ("bright", 3):
        for _ in range(20):
            assert not (await house.call("dim", level=level)).is_ok
    assert (await house.call("dim", level=1)).is_ok


async def test_limit_counts_questions_too(house: House) -> None:
    for minutes in range(3):
        call = await house.asked("open_gate", minutes=minutes)
        house.consent.close()
        await call
        house.consent.open()
    answer = await house.call("open_gate", minutes=4)
    assert "it may run 3 times a minute" in answer.response["error"]
    assert house.consent.wish is None


async def test_limit_holds_for_commands_too(house: House) -> None:
    answers = [await house.command("read") for _ in range(3)]
    assert [answer.is_ok for answer in answers] == [True, True, False]


# --- commands and memory ----------------------------------------------------------------


async def test_command_runs_each_time(house: House) -> None:
    assert (await house.call("dim", level=1)).is_ok
    for _ in range(2):
        assert not (await house.command("dim", level=1)).is_repeat
    assert len(house.done) == 3


async def test_command_answers_no_call_of_the_model_and_undoes_what_it_did(house: House) -> None:
    await house.command("dim", level=1)
    assert not (await house.call("dim", level=1)).is_repeat
    house.now_s += 5
    await house.command("stop_heating")
    house.now_s += 5
    assert not (await house.call("dim", level=1)).is_repeat, "something else was done meanwhile"


async def test_command_does_not_join_a_call_that_waits(house: House) -> None:
    waiting = await house.asked("open_gate")
    assert (await house.command("open_gate")).is_ok
    assert house.done == [("gate", 1)]
    house.consent.grant()
    assert (await waiting).is_ok


# --- tools that come and go -------------------------------------------------------------


async def test_tool_that_is_replaced_while_it_runs_still_answers(house: House) -> None:
    registry = Registry(clock=lambda: 0.0)
    registry.offer("mcp", [Tool.from_function(house.wait, scheduling="SILENT")])
    call = asyncio.create_task(registry.call("wait", {}))
    await house.began.wait()
    registry.offer("mcp", [Tool.from_function(house.read)])
    assert [tool.name for _, tool in registry.offered] == ["read"]
    gone = await registry.call("wait", {})
    assert gone.response == {"error": "There is no tool 'wait'. The tools are: read"}
    house.gate.set()
    answer = await call
    assert (answer.response, answer.scheduling) == ({"output": {"waited": True}}, "SILENT")


async def test_tool_that_is_gone_while_the_user_is_asked_asks_on(house: House) -> None:
    registry = Registry(clock=lambda: 0.0, consent=house.consent)
    registry.offer("mcp", [Tool.from_function(house.open_gate, risk="confirm")])
    call = asyncio.create_task(registry.call("open_gate", {}))
    await house.asking.wait()
    registry.offer("mcp", ())
    house.consent.grant()
    assert (await call).is_ok


async def test_registry_tells_which_names_it_refused(house: House) -> None:
    taken = house.registry.offer("mcp", [Tool.from_function(house.read)])
    assert taken == ["read"]
    assert [source for source, _ in house.registry.offered] == ["myna"] * 6


# --- the audit --------------------------------------------------------------------------


@pytest.fixture
def audit(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "myna.audit")
    return caplog


async def test_each_call_has_one_line(house: House, audit: pytest.LogCaptureFixture) -> None:
    await house.call("dim", level=1)
    await house.call("dim", level=1)
    await house.call("dim", level="x")
    await house.call("sing", song="a\nb")
    await house.command("stop_heating")
    call = await house.asked("open_gate")
    joined = house.call("open_gate")
    await asyncio.sleep(0)
    house.consent.grant()
    await asyncio.gather(call, joined)
    house.registry.refuse("dim", {"level": 2}, "Not now")
    wrong = 'dim was not run: level: "x" is not a whole number. Correct this and call it again'
    unknown = "There is no tool 'sing'. The tools are: open_gate, open_door, dim, read, wait"
    assert audit.messages == [
        "model: dim(level=1): done (0 ms)",
        "model: dim(level=1): done before (0 ms)",
        f'model: dim(level="x"): not done: {wrong} (0 ms)',
        f'model: sing(song="a\\nb"): not done: {unknown} (0 ms)',
        "command: stop_heating(): done (0 ms)",
        "model: open_gate(): done (0 ms)",
        "model: open_gate(): done before (0 ms)",
        "model: dim(level=2): not done: Not now (0 ms)",
    ]


async def test_call_that_is_cancelled_has_its_line(
    house: House, audit: pytest.LogCaptureFixture
) -> None:
    call = house.call("wait")
    await house.began.wait()
    call.cancel()
    await asyncio.wait([call])
    assert audit.messages == ["model: wait(): cancelled"]


async def test_no_secret_is_written_down_or_shown(
    house: House, audit: pytest.LogCaptureFixture
) -> None:
    await house.call("dim", level=SECRET)
    await house.call(SECRET, text=SECRET)
    house.registry.refuse("dim", {"x": [SECRET]}, SECRET)
    call = await house.asked("open_gate", word=SECRET)
    assert house.consent.wish == 'open_gate(word="[secret]")'
    house.consent.grant()
    await call
    assert len(audit.messages) == 4
    assert "sesame" not in audit.text
