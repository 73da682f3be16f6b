"""What every driver of the camera owes its users.

The Pi's driver runs with its real process, in which a stand-in for picamera2 is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from myna_hardware.camera.blank import blank_jpeg
from myna_hardware.camera.file import FileCamera
from myna_hardware.camera.jpeg import size_of
from myna_hardware.camera.simulated import SimulatedCamera
from myna_hardware.errors import (
    BadFormatError,
    DeviceLostError,
    DeviceNotFoundError,
    HardwareError,
)
from myna_hardware.interfaces import Camera
from myna_hardware.settings import CameraSettings
from support.camera_world import CameraWorld

SETTINGS = CameraSettings(size=(64, 48), timeout_s=2)


class World(Protocol):
    """A camera, and what can become of it."""

    camera: Camera

    def vanish(self) -> None: ...
    def come_back(self) -> None: ...
    def tear(self) -> None: ...


class WorldOfFile:
    def __init__(self, folder: Path) -> None:
        self._path = folder / "still.jpg"
        self.come_back()
        self.camera: Camera = FileCamera(self._path)

    def vanish(self) -> None:
        self._path.unlink()

    def come_back(self) -> None:
        self._path.write_bytes(blank_jpeg(64, 48))

    def tear(self) -> None:
        self._path.write_bytes(blank_jpeg(64, 48)[:-20])


class WorldOfSimulated:
    def __init__(self, _folder: Path) -> None:
        self.camera: Camera = (camera := SimulatedCamera(SETTINGS))
        self.vanish, self.come_back, self.tear = camera.vanish, camera.come_back, camera.tear
        self.hang = camera.hang


class WorldOfPi:
    def __init__(self, folder: Path) -> None:
        self._world = CameraWorld(folder)
        self.camera: Camera = self._world.camera(SETTINGS)

    def vanish(self) -> None:
        self._world.be("dark")

    def come_back(self) -> None:
        self._world.be("well")

    def tear(self) -> None:
        self._world.be("half")

    def hang(self) -> None:
        self._world.be("hang")


@pytest.fixture(params=[WorldOfFile, WorldOfSimulated, WorldOfPi])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    made: World = request.param(tmp_path)
    yield made
    made.camera.close()


@pytest.fixture(params=[WorldOfSimulated, WorldOfPi])
def device(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WorldOfSimulated]:
    made: WorldOfSimulated = request.param(tmp_path)
    yield made
    made.camera.close()


def test_camera_takes_one_whole_still_after_another(world: World) -> None:
    assert [size_of(world.camera.capture().jpeg) for _ in range(3)] == [(64, 48)] * 3


def test_camera_closes_twice_and_takes_no_more_stills(world: World) -> None:
    world.camera.close()
    world.camera.close()
    with pytest.raises(DeviceLostError, match=r"^camera: it is closed$"):
        world.camera.capture()


def test_camera_closes_after_a_still(world: World) -> None:
    world.camera.capture()
    world.camera.close()
    with pytest.raises(DeviceLostError, match=r"^camera: it is closed$"):
        world.camera.capture()


def test_camera_that_vanishes_costs_the_picture_until_it_comes_back(world: World) -> None:
    world.camera.capture()
    world.vanish()
    for _ in range(2):
        with pytest.raises(HardwareError, match=r"^camera: "):
            world.camera.capture()
    world.come_back()
    assert size_of(world.camera.capture().jpeg) == (64, 48)


def test_camera_shows_no_half_of_a_picture(world: World) -> None:
    world.tear()
    with pytest.raises(HardwareError, match="is cut off"):
        world.camera.capture()
    world.come_back()
    assert size_of(world.camera.capture().jpeg) == (64, 48)


def test_camera_device_that_hangs_costs_the_picture_only(device: WorldOfSimulated) -> None:
    device.hang()
    with pytest.raises(DeviceLostError, match=r"^camera: no picture within 2 s: check the"):
        device.camera.capture()
    device.come_back()
    assert size_of(device.camera.capture().jpeg) == (64, 48)


def test_camera_device_tells_its_troubles_in_the_same_words(device: WorldOfSimulated) -> None:
    device.vanish()
    with pytest.raises(DeviceNotFoundError, match=r"^camera: no camera answers \(libcamera sees"):
        device.camera.capture()
    device.come_back()
    device.tear()
    with pytest.raises(BadFormatError, match=r"^camera: its picture is cut off: check the camera"):
        device.camera.capture()
