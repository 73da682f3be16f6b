"""Calls that come twice, and calls that are cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.errors import ToolError
from myna.tools.registry import Registry
from myna.tools.tool import Result, Tool


class World:
    """What tools did, a clock that the test sets, and a gate that slow tools wait at."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.done: list[object] = []
        self.is_open = True
        self.gate = asyncio.Event()
        self.began = asyncio.Event()
        self.thread_gate = threading.Event()
        self.thread_began = threading.Event()
        self.thread_ended = threading.Event()

    def clock(self) -> float:
        return self.now_s

    async def book(self, seats: float, name: str = "me") -> Result:
        """Book seats.

        Args:
            seats: How many.
            name: For whom.
        """
        self.done.append((seats, name))
        if not self.is_open:
            raise ToolError("book", "The box office is shut. Ask again later")
        return {"number": len(self.done)}

    async def unbook(self) -> Result:
        """Give back all seats."""
        self.done.append("unbook")
        return {}

    async def count(self) -> Result:
        """Count the bookings."""
        return {"count": len(self.done)}

    async def slow(self) -> Result:
        """Act after the gate."""
        self.began.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.done.append("cancelled")
            raise
        self.done.append("slow")
        return {"number": len(self.done)}

    def slow_thread(self) -> Result:
        """Act after the gate, in a thread."""
        self.thread_began.set()
        self.thread_gate.wait(10)
        self.done.append("thread")
        self.thread_ended.set()
        return {"number": len(self.done)}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def registry(world: World) -> Registry:
    return registry_of(world)


def registry_of(world: World) -> Registry:
    acting = (world.book, world.unbook, world.slow, world.slow_thread)
    tools = [Tool.from_function(function) for function in acting]
    return Registry([*tools, Tool.from_function(world.count, is_reading=True)], world.clock)


async def test_registry_answers_a_repeated_call_from_memory(
    world: World, registry: Registry
) -> None:
    first = await registry.call("book", {"seats": 2.0, "name": "me"})
    world.now_s += 30
    second = await registry.call("book", {"seats": "2"})
    assert world.done == [(2.0, "me")]
    assert first.response == second.response == {"output": {"number": 1}}
    assert (first.is_repeat, second.is_repeat, second.is_ok) == (False, True, True)


async def test_registry_runs_a_call_again_after_30_seconds(
    world: World, registry: Registry
) -> None:
    for _ in range(2):
        assert not (await registry.call("book", {"seats": 2})).is_repeat
        world.now_s += 30.1
    assert len(world.done) == 2


@pytest.mark.parametrize("between", [("book", {"seats": 3}), ("unbook", {})])
async def test_registry_runs_a_call_again_when_something_else_was_done_between(
    world: World, registry: Registry, between: tuple[str, Mapping[str, object]]
) -> None:
    for name, arguments in (("book", {"seats": 2}), between, ("book", {"seats": 2})):
        world.now_s += 3
        assert not (await registry.call(name, arguments)).is_repeat
    assert len(world.done) == 3


async def test_registry_remembers_a_call_when_something_was_only_read_between(
    world: World, registry: Registry
) -> None:
    for name, arguments in (("book", {"seats": 2}), ("count", {}), ("book", {"seats": 2})):
        world.now_s += 3
        await registry.call(name, arguments)
    assert len(world.done) == 1


async def test_registry_answers_all_calls_of_one_breath_from_memory(
    world: World, registry: Registry
) -> None:
    calls: list[dict[str, object]] = [{"seats": 2}, {"seats": 3}]
    await asyncio.gather(*(registry.call("book", arguments) for arguments in calls))
    world.now_s += 6
    again = await asyncio.gather(*(registry.call("book", arguments) for arguments in calls))
    assert [answer.is_repeat for answer in again] == [True, True]
    assert len(world.done) == 2


async def test_registry_reads_each_time(registry: Registry) -> None:
    assert (await registry.call("count", {})).response == {"output": {"count": 0}}
    await registry.call("book", {"seats": 1})
    assert (await registry.call("count", {})).response == {"output": {"count": 1}}


async def test_registry_runs_a_call_again_that_failed(world: World, registry: Registry) -> None:
    world.is_open = False
    assert not (await registry.call("book", {"seats": 2})).is_ok
    world.is_open = True
    answer = await registry.call("book", {"seats": 2})
    assert (answer.is_ok, answer.is_repeat) == (True, False)


async def test_registry_never_runs_a_call_twice_whose_outcome_is_not_known(world: World) -> None:
    registry = Registry([Tool.from_function(world.slow_thread, timeout_s=0.01)], world.clock)
    first = await registry.call("slow_thread", {})
    world.thread_gate.set()
    assert await asyncio.to_thread(world.thread_ended.wait, 10)
    second = await registry.call("slow_thread", {})
    assert "whether it still will is not known" in first.response["error"]
    assert second.response == first.response
    assert (second.is_ok, second.is_repeat) == (False, True)
    assert world.done == ["thread"]


async def test_registry_lets_a_repeat_join_the_call_that_still_runs(
    world: World, registry: Registry
) -> None:
    calls = [asyncio.create_task(registry.call("slow", {})) for _ in range(3)]
    await world.began.wait()
    world.now_s += 2
    world.gate.set()
    answers = [await call for call in calls]
    assert world.done == ["slow"]
    assert [answer.response for answer in answers] == [{"output": {"number": 1}}] * 3
    assert [answer.is_repeat for answer in answers] == [False, True, True]
    assert all(answer.ms == 2000 for answer in answers)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([("book", 1), ("book", 2), ("unbook", None), ("count", None)]),
            st.sampled_from([0.0, 0.5, 1.5, 12.0, 31.0]),
        ),
        max_size=20,
    )
)
def test_registry_never_acts_twice_in_30_seconds_without_another_act_between(
    calls: list[tuple[tuple[str, int | None], float]],
) -> None:
    async def converse() -> None:
        world = World()
        registry = registry_of(world)
        last: tuple[object, float] = (None, 0.0)
        for call, pause_s in calls:
            world.now_s += pause_s
            name, seats = call
            before = len(world.done)
            answer = await registry.call(name, {} if seats is None else {"seats": seats})
            assert answer.is_ok
            assert answer.is_repeat == (len(world.done) == before and name != "count")
            if len(world.done) > before:
                assert call != last[0] or world.now_s - last[1] > 30
                last = (call, world.now_s)

    asyncio.run(converse())


async def test_registry_cancels_a_coroutine_tool_and_runs_the_next_call(
    world: World, registry: Registry
) -> None:
    first = asyncio.create_task(registry.call("slow", {}))
    await world.began.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert world.done == ["cancelled"]
    world.gate.set()
    answer = await registry.call("slow", {})
    assert (answer.is_ok, answer.is_repeat) == (True, False)


async def test_registry_keeps_a_tool_running_for_the_call_that_joined(
    world: World, registry: Registry
) -> None:
    first = asyncio.create_task(registry.call("slow", {}))
    second = asyncio.create_task(registry.call("slow", {}))
    await world.began.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    world.gate.set()
    assert (await second).response == {"output": {"number": 1}}
    assert world.done == ["slow"]


async def test_registry_answers_the_repeat_of_a_cancelled_call_with_what_its_thread_did(
    world: World, registry: Registry
) -> None:
    first = asyncio.create_task(registry.call("slow_thread", {}))
    assert await asyncio.to_thread(world.thread_began.wait, 10)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    second = asyncio.create_task(registry.call("slow_thread", {}))
    world.thread_gate.set()
    answer = await second
    assert answer.response == {"output": {"number": 1}}
    assert answer.is_repeat
    assert (await registry.call("slow_thread", {})).is_repeat
    assert world.done == ["thread"]


async def test_registry_cancels_a_tool_that_reads(world: World) -> None:
    registry = Registry([Tool.from_function(world.slow, is_reading=True)], world.clock)
    call = asyncio.create_task(registry.call("slow", {}))
    await world.began.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert world.done == ["cancelled"]


async def test_registry_tells_the_model_when_an_effect_cannot_be_read_back(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def stands(_told: object) -> bool:
        raise OSError("gone")

    registry = Registry([Tool.from_function(world.book, stands=stands)], world.clock)
    assert (await registry.call("book", {"seats": 1})).is_ok
    assert "failed inside" in (await registry.call("book", {"seats": 1})).response["error"]
    assert [record.getMessage() for record in caplog.records] == ["tool book failed"]


async def test_registry_remembers_what_a_tool_did_when_its_call_was_cancelled_meanwhile() -> None:
    done: list[str] = []

    async def finish() -> Result:
        """Do it, while the call is being cancelled."""
        call.cancel()
        done.append("it")
        return {}

    registry = Registry([Tool.from_function(finish)])
    call = asyncio.create_task(registry.call("finish", {}))
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (await registry.call("finish", {})).is_repeat
    assert done == ["it"]
