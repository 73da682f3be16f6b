"""Tools that misbehave in every way: one answer each, in time, and nothing else ends."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest

from myna.errors import ToolError
from myna.tools.answer import RESPONSE_LIMIT_BYTES, Answer
from myna.tools.registry import Registry
from myna.tools.tool import Result, Tool
from support.virtual_loop import run_virtually

LIMIT_S: Final = 3.0
HUNDRED_MB: Final = 100_000_000
FAILED: Final = "The tool failed inside and nothing more is known. Tell the user so"


class Unsayable:
    """What cannot be told."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def returned(value: object) -> Callable[[], Any]:
    async def tool() -> Result:
        """Return it."""
        return value  # type: ignore[return-value]  # what is tested

    return tool


def raised(error: BaseException, *, in_thread: bool) -> Callable[[], Any]:
    async def in_loop() -> Result:
        """Raise it."""
        raise error

    def on_thread() -> Result:
        """Raise it."""
        raise error

    return on_thread if in_thread else in_loop


def deep(levels: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(levels):
        value = {"x": value}
    return value


def loop_in_itself() -> dict[str, object]:
    value: dict[str, object] = {}
    value["me"] = value
    return value


async def answer_of(function: Callable[[], Any], timeout_s: float = 10.0) -> Answer:
    tool = Tool.from_function(function, name="tool", timeout_s=timeout_s)
    return await Registry([tool]).call("tool", {})


def check(answer: Answer) -> None:
    """Check that the model can be told."""
    assert answer.response.keys() in ({"output"}, {"error"})
    assert answer.is_ok == ("output" in answer.response)
    assert json.loads(json.dumps(answer.response, allow_nan=False)) == answer.response
    assert len(msgspec.json.encode(answer.response)) <= RESPONSE_LIMIT_BYTES


@pytest.mark.parametrize(
    ("value", "told"),
    [
        pytest.param(None, FAILED, id="none"),
        pytest.param("words", FAILED, id="text"),
        pytest.param([1, 2], FAILED, id="list"),
        pytest.param(float("nan"), FAILED, id="a number"),
        pytest.param({("a", 1): 2}, {"('a', 1)": 2}, id="a key that is no text"),
        pytest.param({"x": Unsayable()}, FAILED, id="unsayable"),
        pytest.param(deep(100_000), FAILED, id="deep"),
        pytest.param(loop_in_itself(), FAILED, id="endless"),
        pytest.param({"x": float("nan")}, {"x": None}, id="nan"),
        pytest.param({"x": [float("inf"), -float("inf")]}, {"x": [None, None]}, id="inf"),
        pytest.param({"x": {1: b"ab"}}, {"x": {"1": "YWI="}}, id="bytes"),
    ],
)
async def test_tool_that_returns_nonsense_is_answered_for(value: object, told: object) -> None:
    answer = await answer_of(returned(value))
    check(answer)
    assert told in answer.response.values()


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"x": "y" * HUNDRED_MB}, id="text"),
        pytest.param({"x": "ä" * (HUNDRED_MB // 2)}, id="two bytes a letter"),
        pytest.param({"x": b"y" * HUNDRED_MB}, id="bytes"),
        pytest.param({str(key): key for key in range(1_000_000)}, id="keys"),
    ],
)
async def test_tool_that_returns_100_mb_is_cut_and_not_kept(value: dict[str, object]) -> None:
    registry = Registry([Tool.from_function(returned(value), name="tool")])
    before = sys.getrefcount(value)
    answer = await registry.call("tool", {})
    check(answer)
    assert "were too long; this is the beginning" in answer.response["output"]["note"]
    again = await registry.call("tool", {})
    assert (again.is_repeat, again.response) == (True, answer.response)
    assert sys.getrefcount(value) == before, "the memory keeps the answer only"


@pytest.mark.parametrize("in_thread", [False, True])
@pytest.mark.parametrize(
    "error",
    [
        asyncio.CancelledError(),
        SystemExit(3),
        KeyboardInterrupt(),
        StopIteration(),
        StopAsyncIteration(),
        RecursionError(),
        MemoryError(),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_tool_that_raises_what_means_more_elsewhere_is_answered_for(
    error: BaseException, in_thread: bool, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await asyncio.wait_for(answer_of(raised(error, in_thread=in_thread)), 5)
    check(answer)
    assert answer.response == {"error": FAILED}
    assert [record.getMessage() for record in caplog.records] == ["tool tool failed"]


async def test_tool_that_fails_with_half_a_letter_is_answered_for() -> None:
    error = ToolError("tool", "the file \ud800 is gone")
    answer = await answer_of(raised(error, in_thread=False))
    check(answer)
    assert answer.response == {"error": "the file ? is gone"}


class Stubborn:
    """A tool that goes on when it is cancelled, until the test lets go."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()

    async def hang(self) -> Result:
        """Go on, whoever wants it to stop."""
        while not self.let_go.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await self.let_go.wait()
        raise OSError("too late for anybody to hear")


def test_tool_that_never_ends_is_given_up_and_not_run_again_before_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story() -> None:
        stubborn = Stubborn()
        tools = [
            Tool.from_function(stubborn.hang, is_reading=True, timeout_s=LIMIT_S),
            Tool.from_function(returned({}), name="other"),
        ]
        registry = Registry(tools)
        answer = await registry.call("hang", {})
        check(answer)
        assert answer.response["error"].startswith("hang did not finish within 3 s")
        assert asyncio.get_running_loop().time() <= LIMIT_S + 1
        assert "tool hang goes on though it was cancelled" in caplog.messages
        again = await registry.call("hang", {})
        assert again.response == {
            "error": "hang was not run: an earlier call hangs. Tell the user so"
        }
        assert (await registry.call("other", {})).is_ok
        caplog.clear()
        stubborn.let_go.set()
        await asyncio.sleep(0.1)
        gc.collect()
        assert caplog.records == [], "how it ends at last concerns nobody"
        assert (await registry.call("hang", {})).response == {"error": FAILED}

    run_virtually(story())


def test_call_whose_tool_never_ends_can_be_cancelled() -> None:
    async def story() -> None:
        stubborn = Stubborn()
        registry = Registry([Tool.from_function(stubborn.hang)])
        call = asyncio.create_task(registry.call("hang", {}))
        await asyncio.sleep(1)
        call.cancel()
        await asyncio.wait([call])
        assert call.cancelled()
        assert asyncio.get_running_loop().time() <= 1 + 1
        stubborn.let_go.set()

    run_virtually(story())


def test_tool_that_takes_its_time_to_end_still_says_what_it_did() -> None:
    async def clean_up() -> Result:
        """Undo it, when time is up."""
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.5)
        return {"undone": True}

    assert run_virtually(answer_of(clean_up, timeout_s=LIMIT_S)).response == {
        "output": {"undone": True}
    }


async def test_thread_that_ends_too_late_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    let_go = threading.Event()
    threads: list[threading.Thread] = []

    def wait() -> Result:
        """Wait until the test lets go."""
        threads.append(threading.current_thread())
        let_go.wait(10)
        raise SystemExit

    answer = await answer_of(wait, timeout_s=0.01)
    assert answer.response["error"].startswith("tool did not finish within 0.01 s")
    let_go.set()
    await asyncio.to_thread(threads[0].join)
    assert caplog.records == [], "nobody waits for it any more"
