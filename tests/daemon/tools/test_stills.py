from __future__ import annotations

import threading

import pytest

from myna.errors import ToolError
from myna.telltale import Telltale
from myna.tools.stills import Gaze
from myna_hardware.errors import DeviceLostError
from myna_hardware.interfaces import Still
from myna_hardware.settings import CameraSettings


class World:
    """A clock, and a camera that numbers its pictures."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.is_plugged = True
        self.free = threading.Event()
        self.free.set()
        self.asked = threading.Event()
        self.pictures = 0

    def clock(self) -> float:
        return self.now_s

    def capture(self) -> Still:
        self.asked.set()
        assert self.free.wait(10)
        if not self.is_plugged:
            raise DeviceLostError("camera", "check its cable")
        self.pictures += 1
        return Still(b"jpeg %d" % self.pictures)

    def close(self) -> None: ...


@pytest.fixture
def world() -> World:
    return World()


def gaze_of(world: World, rate_hz: float = 1.0) -> Gaze:
    return Gaze(world, CameraSettings(rate_hz=rate_hz), world.clock)


@pytest.mark.parametrize(("rate_hz", "pictures"), [(1.0, 10), (0.5, 5), (0.1, 1), (30.0, 10)])
def test_gaze_takes_as_many_pictures_as_the_rate_allows(
    world: World, rate_hz: float, pictures: int
) -> None:
    gaze = gaze_of(world, rate_hz)
    for _ in range(40):
        gaze.capture_if_due()
        world.now_s += 0.25
    assert world.pictures == pictures


def test_gaze_takes_no_streamed_picture_soon_after_a_look(world: World) -> None:
    gaze = gaze_of(world)
    assert gaze.capture() == Still(b"jpeg 1")
    world.now_s += 0.9
    assert gaze.capture_if_due() is None
    world.now_s += 0.1
    assert gaze.capture_if_due() == Still(b"jpeg 2")


def test_gaze_says_when_a_new_picture_can_be_taken(world: World) -> None:
    gaze = gaze_of(world, rate_hz=0.1)
    gaze.capture_if_due()
    world.now_s += 2.5
    with pytest.raises(ToolError, match=r"answer from that one. For a new one .* again in 8 s"):
        gaze.capture()


def test_gaze_tries_a_failing_camera_at_the_rate_of_the_stream(world: World) -> None:
    gaze = gaze_of(world)
    world.is_plugged = False
    with pytest.raises(DeviceLostError, match="check its cable"):
        gaze.capture_if_due()
    assert gaze.capture_if_due() is None
    world.now_s += 1
    world.is_plugged = True
    assert gaze.capture_if_due() == Still(b"jpeg 1")


def test_gaze_lets_look_try_again_at_once_after_the_camera_failed(world: World) -> None:
    gaze = gaze_of(world)
    world.is_plugged = False
    with pytest.raises(DeviceLostError):
        gaze.capture_if_due()
    world.is_plugged = True
    assert gaze.capture() == Still(b"jpeg 1")


def test_gaze_never_asks_the_camera_twice_at_once(world: World) -> None:
    gaze = gaze_of(world)
    world.free.clear()
    thread = threading.Thread(target=gaze.capture_if_due)
    thread.start()
    assert world.asked.wait(10)
    world.now_s += 60
    assert gaze.capture_if_due() is None
    with pytest.raises(ToolError, match="is being taken already: wait for it"):
        gaze.capture()
    world.free.set()
    thread.join(10)
    assert world.pictures == 1


def test_camera_light_is_on_exactly_while_the_camera_is(world: World) -> None:
    told: list[str] = []

    class Watched(World):
        def capture(self) -> Still:
            told.append("camera")
            return super().capture()

    camera = Watched()
    light = Telltale(lambda is_on: told.append("lit" if is_on else "out"))
    gaze = Gaze(camera, CameraSettings(), world.clock, light)
    gaze.capture()
    assert told == ["lit", "camera", "out"]
    camera.is_plugged = False
    world.now_s += 1
    with pytest.raises(DeviceLostError):
        gaze.capture()
    assert told == ["lit", "camera", "out"] * 2
