"""Many calls at once, many that hang, and what an answer says of its tool."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from myna.tools.registry import Registry
from myna.tools.running import MOST_AT_ONCE
from myna.tools.tool import Result, Tool


class World:
    """Tools, and the gates at which they wait."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.thread_gate = threading.Event()

    async def slow(self) -> Result:
        """Wait at the gate."""
        await self.gate.wait()
        return {}

    def slow_thread(self) -> Result:
        """Wait at the gate, in a thread."""
        self.thread_gate.wait(10)
        return {}

    async def book(self, seats: int) -> Result:
        """Book seats.

        Args:
            seats: How many.
        """
        return {"seats": seats}

    async def count(self) -> Result:
        """Count the bookings."""
        return {"count": 0}


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.thread_gate.set()


async def test_registry_refuses_more_calls_at_once_than_a_conversation_needs(
    world: World,
) -> None:
    registry = Registry([Tool.from_function(world.slow, is_reading=True)])
    flood = [asyncio.create_task(registry.call("slow", {})) for _ in range(MOST_AT_ONCE + 1)]
    refused = await flood.pop()
    assert refused.response == {
        "error": "slow was not run: 16 calls are under way. "
        "Wait for their answers, then call it again"
    }
    world.gate.set()
    assert all([(await call).is_ok for call in flood])
    assert (await registry.call("slow", {})).is_ok


async def test_registry_joins_a_repeat_also_when_no_more_calls_may_run(world: World) -> None:
    tools = Tool.from_function(world.slow), Tool.from_function(world.slow_thread, is_reading=True)
    registry = Registry(tools)
    names = ["slow", *["slow_thread"] * (MOST_AT_ONCE - 1), "slow"]
    flood = [asyncio.create_task(registry.call(name, {})) for name in names]
    world.gate.set()
    world.thread_gate.set()
    assert (await flood[-1]).is_repeat
    assert all([(await call).is_ok for call in flood])


async def test_registry_runs_no_more_threads_when_many_hang_but_coroutines_still(
    world: World,
) -> None:
    hanging = Tool.from_function(world.slow_thread, is_reading=True, timeout_s=0.01)
    registry = Registry([hanging, Tool.from_function(world.count, is_reading=True)])
    for _ in range(MOST_AT_ONCE):
        assert "did not finish" in (await registry.call("slow_thread", {})).response["error"]
    refused = await registry.call("slow_thread", {})
    assert refused.response == {
        "error": "slow_thread was not run: 16 earlier calls hang. Tell the user so"
    }
    assert (await registry.call("count", {})).is_ok


async def test_registry_runs_any_number_of_threads_one_after_the_other(world: World) -> None:
    world.thread_gate.set()
    registry = Registry([Tool.from_function(world.slow_thread, is_reading=True)])
    for _ in range(MOST_AT_ONCE + 1):
        assert (await registry.call("slow_thread", {})).is_ok


async def test_registry_fills_in_when_the_model_hears_of_the_outcome(world: World) -> None:
    tools = (
        Tool.from_function(world.book, scheduling="INTERRUPT"),
        Tool.from_function(world.count, is_reading=True),
    )
    registry = Registry(tools)
    assert [tool.behavior for tool in registry.declarations()] == ["NON_BLOCKING", "BLOCKING"]
    asked: list[dict[str, object]] = [{"seats": 1}, {"seats": 1}, {"seats": "many"}]
    answers = [await registry.call("book", arguments) for arguments in asked]
    assert [answer.scheduling for answer in answers] == ["INTERRUPT"] * 3
    assert (await registry.call("count", {})).scheduling is None
    assert (await registry.call("sing", {})).scheduling is None
