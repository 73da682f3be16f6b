from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

import myna.demo
from myna.tools.camera import camera_tools, look_tools
from myna.tools.registry import Registry
from myna.tools.stills import Gaze
from myna_hardware.camera.file import FileCamera
from myna_hardware.errors import DeviceLostError
from myna_hardware.interfaces import Still
from myna_hardware.settings import CameraSettings

PICTURE = Path(myna.demo.__path__[0]) / "bird.jpg"


class World:
    """A clock that the test sets."""

    now_s = 100.0


class SlowCamera:
    """Blocks in `capture` until the world lets go."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.let_go = threading.Event()

    def capture(self) -> Still:
        self.started.set()
        if not self.let_go.wait(10):
            raise DeviceLostError("camera", "nobody let go")
        return Still(b"jpeg")

    def close(self) -> None:
        self.let_go.set()


class LostCamera:
    def capture(self) -> Still:
        raise DeviceLostError("camera", "did not answer within 5 s: check its cable")

    def close(self) -> None: ...


@pytest.fixture
def world() -> World:
    return World()


async def test_look_returns_the_picture_beside_its_text(world: World) -> None:
    tools = camera_tools(FileCamera(PICTURE), CameraSettings(), lambda: world.now_s)
    answer = await Registry(tools).call("look", {})
    assert answer.still == Still(PICTURE.read_bytes())
    assert answer.response == {"output": {"text": "The picture is what your camera sees now."}}


async def test_look_keeps_to_the_rate(world: World) -> None:
    settings = CameraSettings(rate_hz=0.5)
    registry = Registry(camera_tools(FileCamera(PICTURE), settings, lambda: world.now_s))
    assert (await registry.call("look", {})).is_ok
    world.now_s += 1.9
    refused = await registry.call("look", {})
    assert refused.response == {
        "error": "Your last picture is fresh: answer from that one. "
        "For a new one call look again in 1 s"
    }
    assert refused.still is None
    world.now_s += 0.1
    assert (await registry.call("look", {})).is_ok


async def test_look_takes_one_picture_at_a_time(world: World) -> None:
    camera = SlowCamera()
    registry = Registry(camera_tools(camera, CameraSettings(), lambda: world.now_s))
    first = asyncio.create_task(registry.call("look", {}))
    await asyncio.to_thread(camera.started.wait, 10)
    world.now_s += 5
    second = await registry.call("look", {})
    camera.let_go.set()
    assert second.response == {
        "error": "A picture is being taken already: wait for it and answer from that one"
    }
    assert (await first).is_ok


async def test_look_can_be_asked_again_after_the_camera_failed(world: World) -> None:
    registry = Registry(camera_tools(LostCamera(), CameraSettings(), lambda: world.now_s))
    for _ in range(2):
        answer = await registry.call("look", {})
        assert "check its cable" in answer.response["error"]
        world.now_s += 1


def test_look_waits_longer_than_the_camera_does() -> None:
    (look,) = camera_tools(LostCamera(), CameraSettings(timeout_s=30))
    assert look.timeout_s > 30


def test_look_is_declared_blocking_so_that_the_answer_is_about_the_picture() -> None:
    (look,) = camera_tools(LostCamera(), CameraSettings())
    assert look.declaration.behavior == "BLOCKING"


async def test_look_runs_each_time_it_is_called(world: World) -> None:
    tools = camera_tools(FileCamera(PICTURE), CameraSettings(), lambda: world.now_s)
    registry = Registry(tools, lambda: world.now_s)
    for _ in range(2):
        answer = await registry.call("look", {})
        assert answer.still == Still(PICTURE.read_bytes())
        assert not answer.is_repeat
        world.now_s += 1


async def test_look_shares_the_rate_with_the_stream(world: World) -> None:
    gaze = Gaze(FileCamera(PICTURE), CameraSettings(), lambda: world.now_s)
    registry = Registry(look_tools(gaze))
    assert await asyncio.to_thread(gaze.capture_if_due) == Still(PICTURE.read_bytes())
    refused = await registry.call("look", {})
    assert "answer from that one" in refused.response["error"]
    world.now_s += 1
    assert (await registry.call("look", {})).is_ok
    assert gaze.capture_if_due() is None
