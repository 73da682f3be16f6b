from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Mapping

import pytest

from myna.errors import ToolError
from myna.tools.registry import Registry
from myna.tools.tool import Result, Tool
from myna_hardware.errors import DeviceLostError


def in_thread() -> Result:
    """Tell the thread."""
    return {"main": threading.current_thread() is threading.main_thread()}


async def in_loop() -> Result:
    """Tell the thread."""
    return {"main": threading.current_thread() is threading.main_thread()}


async def refuse() -> Result:
    """Fail with words for the model."""
    raise ToolError("refuse", "No, because. Ask again tomorrow")


def unplugged() -> Result:
    """Fail as a device does."""
    raise DeviceLostError("camera", "it went away: plug it in again")


def broken() -> Result:
    """Fail as a bug does."""
    return {"x": 1 // 0}


async def times_out_itself() -> Result:
    """Fail with a time limit of its own."""
    raise TimeoutError


async def nonsense() -> Result:
    """Return what no tool may."""
    return 5  # type: ignore[return-value]  # what is tested


async def surrogate() -> Result:
    """Return what JSON cannot hold."""
    return {"x": "\ud800"}


async def echo(text: str) -> Result:
    """Say it again.

    Args:
        text: What to say.
    """
    return {"text": text}


@pytest.fixture
def registry() -> Registry:
    functions = (
        in_thread,
        in_loop,
        refuse,
        unplugged,
        broken,
        times_out_itself,
        nonsense,
        surrogate,
        echo,
    )
    return Registry(Tool.from_function(function) for function in functions)


def test_registry_declares_its_tools_in_order(registry: Registry) -> None:
    names = [declaration.name for declaration in registry.declarations()]
    assert names[:3] == ["in_thread", "in_loop", "refuse"]


def test_registry_refuses_two_tools_of_one_name() -> None:
    with pytest.raises(ValueError, match="two tools are called echo"):
        Registry([Tool.from_function(echo), Tool.from_function(echo)])


async def test_registry_runs_plain_functions_in_a_worker_thread(registry: Registry) -> None:
    assert (await registry.call("in_thread", {})).response == {"output": {"main": False}}


async def test_registry_runs_coroutine_functions_in_the_loop(registry: Registry) -> None:
    assert (await registry.call("in_loop", {})).response == {"output": {"main": True}}


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("refuse", {}, "No, because. Ask again tomorrow"),
        (
            "unplugged",
            {},
            "camera: it went away: plug it in again. Tell the user that it did not work",
        ),
        ("echo", {}, "echo was not run: text: is missing. Correct this and call it again"),
        (
            "echo",
            {"text": 5},
            "echo was not run: text: 5 is not a text. Correct this and call it again",
        ),
        (
            "echo",
            {"text": "a", "loud": True},
            (
                "echo was not run: there is no argument 'loud'; it takes text. "
                "Correct this and call it again"
            ),
        ),
    ],
)
async def test_registry_tells_the_model_what_went_wrong(
    registry: Registry, name: str, arguments: Mapping[str, object], error: str
) -> None:
    answer = await registry.call(name, arguments)
    assert answer.response == {"error": error}
    assert not answer.is_ok


async def test_registry_names_the_tools_when_one_is_unknown(registry: Registry) -> None:
    answer = await registry.call("sing", {})
    assert answer.response["error"].startswith("There is no tool 'sing'. The tools are: in_thread,")


async def test_registry_says_that_there_are_no_tools() -> None:
    answer = await Registry([]).call("sing", {})
    assert answer.response == {"error": "There is no tool 'sing'. The tools are: none"}


@pytest.mark.parametrize("name", ["broken", "times_out_itself", "nonsense", "surrogate"])
async def test_registry_logs_a_bug_once_and_goes_on(
    registry: Registry, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await registry.call(name, {})
    assert "failed inside" in answer.response["error"]
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.getMessage() == f"tool {name} failed"


async def test_registry_gives_up_a_coroutine_after_its_limit() -> None:
    cancelled = asyncio.Event()

    async def wait() -> Result:
        """Wait for ever."""
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return {}

    answer = await Registry([Tool.from_function(wait, timeout_s=0.01)]).call("wait", {})
    assert answer.response["error"].startswith("wait did not finish within 0.01 s; whether")
    assert cancelled.is_set()


async def test_registry_gives_up_a_thread_after_its_limit() -> None:
    let_go = threading.Event()

    def wait() -> Result:
        """Wait until the test lets go."""
        let_go.wait(10)
        return {}

    answer = await Registry([Tool.from_function(wait, timeout_s=0.01)]).call("wait", {})
    let_go.set()
    assert answer.response["error"].startswith("wait did not finish within 0.01 s")
    assert not answer.is_ok


async def test_registry_measures_how_long_a_call_took() -> None:
    times = iter([10.0, 10.25])
    registry = Registry([Tool.from_function(echo)], clock=lambda: next(times))
    assert (await registry.call("echo", {"text": "a"})).ms == 250.0


async def test_registry_lets_a_call_be_cancelled() -> None:
    started = asyncio.Event()

    async def wait() -> Result:
        """Wait for ever."""
        started.set()
        await asyncio.Event().wait()
        return {}

    task = asyncio.create_task(Registry([Tool.from_function(wait)]).call("wait", {}))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
