"""What every driver of the camera owes its users."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest

from myna_hardware.camera.file import FileCamera
from myna_hardware.camera.pi import PiCamera
from myna_hardware.errors import DeviceLostError
from myna_hardware.interfaces import Camera

JPEG = b"\xff\xd8\xff\xe0picture\xff\xd9"


class StandIn:
    """A stand-in for picamera2, which needs libcamera and a sensor."""

    def __init__(self) -> None:
        self.options: dict[str, int] = {}

    def create_still_configuration(
        self, main: Mapping[str, object], *, buffer_count: int
    ) -> Mapping[str, object]:
        return {"main": main, "buffer_count": buffer_count}

    def configure(self, camera_config: Mapping[str, object]) -> None: ...
    def start(self) -> None: ...
    def capture_metadata(self) -> None: ...
    def release(self) -> None: ...
    def close(self) -> None: ...

    def capture_request(self) -> StandIn:
        return self

    def save(self, name: str, file_output: BytesIO, format: str) -> None:  # noqa: A002
        file_output.write(JPEG)


@pytest.fixture(params=["file", "picamera2"])
def camera(request: pytest.FixtureRequest, tmp_path: Path) -> Camera:
    if request.param == "picamera2":
        return PiCamera(StandIn, (640, 480), timeout_s=10)
    path = tmp_path / "still.jpg"
    path.write_bytes(JPEG)
    return FileCamera(path)


def test_camera_takes_one_still_after_another(camera: Camera) -> None:
    assert [camera.capture().jpeg for _ in range(3)] == [JPEG] * 3


def test_camera_closes_twice_and_takes_no_more_stills(camera: Camera) -> None:
    camera.close()
    camera.close()
    with pytest.raises(DeviceLostError, match=r"^camera: it is closed"):
        camera.capture()
