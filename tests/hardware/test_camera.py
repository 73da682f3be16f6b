from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest

from myna_hardware.camera import list_cameras, open_camera
from myna_hardware.camera.file import FileCamera
from myna_hardware.camera.pi import LIMIT_BYTES, PiCamera, load_picamera2
from myna_hardware.errors import (
    BadFormatError,
    DeviceLostError,
    DeviceNotFoundError,
    DriverMissingError,
    HardwareError,
)
from myna_hardware.settings import CameraSettings

SIZE = (1024, 768)


def jpeg(body: bytes = b"picture") -> bytes:
    """Return the frame of a JPEG, which is all that a camera looks at."""
    return b"\xff\xd8\xff\xe0" + body + b"\xff\xd9"


def file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_file_camera_shows_its_jpeg_every_time(tmp_path: Path) -> None:
    camera = FileCamera(file(tmp_path / "cat.jpg", jpeg()))
    assert [camera.capture().jpeg for _ in range(2)] == [jpeg(), jpeg()]


def test_file_camera_shows_a_folder_in_turn_by_name(tmp_path: Path) -> None:
    for name in ("b.JPEG", "a.jpg", "c.jpg"):
        file(tmp_path / name, jpeg(name.encode()))
    file(tmp_path / "notes.txt", b"no picture")
    camera = FileCamera(tmp_path)
    shown = [camera.capture().jpeg for _ in range(4)]
    assert shown == [jpeg(name) for name in (b"a.jpg", b"b.JPEG", b"c.jpg", b"a.jpg")]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"GIF89a", "is not a JPEG"),
        (b"", "is not a JPEG"),
        (jpeg()[:-1], "is cut off"),
        (jpeg(b"\xff\xd9 ends the thumbnail")[:-2], "is cut off"),
        (jpeg(bytes(1024 * 1024)), "is larger than 1 MiB"),
    ],
)
def test_file_camera_refuses_a_bad_file_when_opened(
    tmp_path: Path, content: bytes, text: str
) -> None:
    with pytest.raises(BadFormatError, match=rf"^camera: .*cat\.jpg {text}"):
        FileCamera(file(tmp_path / "cat.jpg", content))


def test_file_camera_takes_a_jpeg_of_just_1_mib(tmp_path: Path) -> None:
    whole = jpeg(bytes(1024 * 1024 - len(jpeg(b""))))
    assert FileCamera(file(tmp_path / "cat.jpg", whole)).capture().jpeg == whole


def test_file_camera_takes_a_jpeg_padded_with_zeros(tmp_path: Path) -> None:
    padded = jpeg() + bytes(100)
    assert FileCamera(file(tmp_path / "cat.jpg", padded)).capture().jpeg == padded


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


class StandIn:
    """A stand-in for picamera2 where no libcamera runs: it follows the calls, no pixels.

    Args:
        bytes_per_quality: Size of its pictures, per point of JPEG quality.
        answers: Set to let the next frame come; unset, it hangs as a loose cable does.
    """

    def __init__(self, bytes_per_quality: int = 100, answers: Event | None = None) -> None:
        self.options: dict[str, int] = {}
        self.calls: list[str] = []
        self.main: Mapping[str, object] = {}
        self._bytes_per_quality = bytes_per_quality
        self._answers = answers

    def create_still_configuration(
        self, main: Mapping[str, object], *, buffer_count: int
    ) -> Mapping[str, object]:
        return {"main": main, "buffer_count": buffer_count}

    def configure(self, camera_config: Mapping[str, object]) -> None:
        main = camera_config["main"]
        assert isinstance(main, dict)
        self.main = main

    def start(self) -> None:
        self.calls.append("start")

    def capture_metadata(self) -> None:
        if self._answers is not None:
            self._answers.wait()

    def capture_request(self) -> StandIn:
        self.calls.append("request")
        return self

    def save(self, name: str, file_output: BytesIO, format: str) -> None:  # noqa: A002 (its name)
        assert (name, format) == ("main", "jpeg")
        file_output.write(jpeg(bytes(self.options["quality"] * self._bytes_per_quality)))

    def release(self) -> None:
        self.calls.append("release")

    def close(self) -> None:
        self.calls.append("close")


def test_pi_camera_is_on_only_for_the_still() -> None:
    library = StandIn()
    camera = PiCamera(lambda: library, SIZE, timeout_s=10)
    assert library.calls == []
    still = camera.capture()
    assert library.calls == ["start", "request", "release", "close"]
    assert library.main == {"size": SIZE}
    assert still.jpeg.startswith(b"\xff\xd8\xff")


def test_pi_camera_lowers_the_quality_until_the_still_is_small_enough() -> None:
    library = StandIn(bytes_per_quality=10_000)
    still = PiCamera(lambda: library, SIZE, timeout_s=10).capture()
    assert len(still.jpeg) <= LIMIT_BYTES
    assert library.options["quality"] == 40


def test_pi_camera_gives_up_and_switches_off_when_no_quality_is_small_enough() -> None:
    library = StandIn(bytes_per_quality=100_000)
    with pytest.raises(BadFormatError, match=r"1024 x 768 exceeds 512 KiB: make camera\.size"):
        PiCamera(lambda: library, SIZE, timeout_s=10).capture()
    assert library.calls == ["start", "request", "release", "close"]


def test_pi_camera_that_hangs_costs_the_picture_until_it_answers_again() -> None:
    answers = Event()
    closed = Event()

    class Hanging(StandIn):
        def close(self) -> None:
            closed.set()

    camera = PiCamera(lambda: Hanging(answers=answers), SIZE, timeout_s=0.01)
    with pytest.raises(DeviceLostError, match=r"no picture within 0\.01 s"):
        camera.capture()
    with pytest.raises(DeviceLostError, match="still hangs"):
        camera.capture()
    answers.set()
    assert closed.wait(10)


def test_pi_camera_reports_that_no_camera_answers() -> None:
    def switch_on() -> StandIn:
        raise RuntimeError("No camera number 0 found")

    camera = PiCamera(switch_on, SIZE, timeout_s=10)
    with pytest.raises(DeviceNotFoundError, match=r"camera: no camera answers \(No camera number"):
        camera.capture()


without_picamera2 = pytest.mark.skipif(
    importlib.util.find_spec("picamera2") is not None, reason="picamera2 is installed"
)


@without_picamera2
def test_picamera2_is_named_with_its_package_when_missing() -> None:
    with pytest.raises(DriverMissingError, match="apt install python3-picamera2"):
        load_picamera2()
    with pytest.raises(HardwareError, match="apt install python3-picamera2"):
        open_camera(CameraSettings(driver="picamera2"))


@without_picamera2
def test_no_cameras_are_listed_without_picamera2() -> None:
    assert list_cameras() == []


def test_open_camera_opens_the_driver_that_is_named(tmp_path: Path) -> None:
    path = file(tmp_path / "cat.jpg", jpeg())
    assert isinstance(open_camera(CameraSettings(driver="file", path=path)), FileCamera)
    assert open_camera(CameraSettings(driver="none")) is None
