from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from myna_hardware.camera import open_camera
from myna_hardware.camera.blank import blank_jpeg
from myna_hardware.camera.file import FileCamera
from myna_hardware.camera.simulated import SimulatedCamera
from myna_hardware.errors import (
    BadFormatError,
    DeviceLostError,
    DeviceNotFoundError,
    DriverMissingError,
)
from myna_hardware.settings import CameraSettings
from support.picamera2_stand_in import padded

MIB = 1024 * 1024


def jpeg(width: int = 8) -> bytes:
    """Return a picture, told from others by its width."""
    return blank_jpeg(width, 8)


def file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_file_camera_shows_its_jpeg_every_time(tmp_path: Path) -> None:
    camera = FileCamera(file(tmp_path / "cat.jpg", jpeg()))
    assert [camera.capture().jpeg for _ in range(2)] == [jpeg(), jpeg()]


def test_file_camera_shows_a_folder_in_turn_by_name(tmp_path: Path) -> None:
    for width, name in enumerate(("b.JPEG", "a.jpg", "c.jpg"), 1):
        file(tmp_path / name, jpeg(width))
    file(tmp_path / "notes.txt", b"no picture")
    camera = FileCamera(tmp_path)
    shown = [camera.capture().jpeg for _ in range(4)]
    assert shown == [jpeg(2), jpeg(1), jpeg(3), jpeg(2)]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"GIF89a", "is not a JPEG: convert it to one"),
        (jpeg()[:-1], "is cut off"),
        (jpeg()[:2] + b"\xff\xd9 ends the thumbnail", "is cut off"),
        (padded(jpeg(), MIB), "is larger than 1024 KiB: make it smaller"),
        (b"\xff\xd8\xff\xe0picture\xff\xd9", "is a JPEG without a picture in it: convert"),
    ],
)
def test_file_camera_refuses_a_bad_file_when_opened(
    tmp_path: Path, content: bytes, text: str
) -> None:
    with pytest.raises(BadFormatError, match=rf"^camera: .*cat\.jpg {text}"):
        FileCamera(file(tmp_path / "cat.jpg", content))


def test_file_camera_looks_at_every_file_of_a_folder_when_opened(tmp_path: Path) -> None:
    file(tmp_path / "a.jpg", jpeg())
    file(tmp_path / "b.jpg", b"broken")
    with pytest.raises(BadFormatError, match=r"b\.jpg"):
        FileCamera(tmp_path)


def test_file_camera_refuses_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFoundError, match=r"cat\.jpg: no such file"):
        FileCamera(tmp_path / "cat.jpg")
    with pytest.raises(DeviceNotFoundError, match=r"no \.jpg file in the folder"):
        FileCamera(tmp_path)
    with pytest.raises(DeviceNotFoundError, match=r"set camera\.path"):
        FileCamera(None)


def test_file_camera_is_lost_when_its_file_goes(tmp_path: Path) -> None:
    path = file(tmp_path / "cat.jpg", jpeg())
    camera = FileCamera(path)
    path.unlink()
    with pytest.raises(DeviceLostError, match=r"cat\.jpg"):
        camera.capture()


def test_simulated_camera_looks_at_a_file_and_remembers_what_it_took(tmp_path: Path) -> None:
    path = file(tmp_path / "cat.jpg", jpeg(40))
    camera = SimulatedCamera(CameraSettings(driver="simulated", path=path))
    still = camera.capture()
    camera.tear()
    with pytest.raises(BadFormatError):
        camera.capture()
    assert still.jpeg == jpeg(40)
    assert camera.history == [still]


@pytest.mark.skipif(
    importlib.util.find_spec("picamera2") is not None, reason="picamera2 is installed"
)
def test_picamera2_is_named_with_its_package_when_missing() -> None:
    with pytest.raises(DriverMissingError, match="apt install python3-picamera2"):
        open_camera(CameraSettings(driver="picamera2"))


def test_open_camera_opens_the_driver_that_is_named(tmp_path: Path) -> None:
    path = file(tmp_path / "cat.jpg", jpeg())
    assert isinstance(open_camera(CameraSettings(driver="file", path=path)), FileCamera)
    assert isinstance(open_camera(CameraSettings(driver="simulated")), SimulatedCamera)
    assert open_camera(CameraSettings(driver="none")) is None
