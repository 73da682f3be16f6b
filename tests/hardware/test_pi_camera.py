"""The Pi's camera: the real driver and its real process, on a stand-in for picamera2."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from myna_hardware.camera import list_cameras
from myna_hardware.camera.answers import (
    BODY_LIMIT_BYTES,
    Answer,
    Kind,
    StillRequest,
    parse_answer,
    parse_request,
)
from myna_hardware.camera.pi import LIMIT_BYTES, QUIET_S, PiCamera
from myna_hardware.camera.process import Worker, passed_on
from myna_hardware.errors import (
    BadFormatError,
    DeviceBusyError,
    DeviceLostError,
    DeviceNotFoundError,
    DriverMissingError,
)
from myna_hardware.settings import CameraSettings
from support.camera_world import CameraWorld
from support.gpio import PATIENCE_S

A_STILL = ["open", "start", "release", "close"]


@pytest.fixture
def world(tmp_path: Path) -> CameraWorld:
    return CameraWorld(tmp_path)


@pytest.fixture
def camera(world: CameraWorld) -> Iterator[PiCamera]:
    camera = world.camera()
    yield camera
    camera.close()
    assert not any(worker.is_alive for worker in world.workers)


def quality_of(jpeg: bytes) -> int:
    """Return the quality that the stand-in was asked for: the length of its comment."""
    return int.from_bytes(jpeg[4:6], "big") // 100


def test_pi_camera_starts_nothing_until_the_first_still(
    world: CameraWorld, camera: PiCamera
) -> None:
    assert world.workers == []
    camera.capture()
    assert len(world.workers) == 1


def test_pi_camera_is_on_only_for_the_still(world: CameraWorld, camera: PiCamera) -> None:
    camera.capture()
    assert world.calls == A_STILL
    camera.capture()
    assert world.calls == A_STILL * 2
    assert len(world.workers) == 1


def test_pi_camera_ends_its_process_after_a_quiet_minute(
    world: CameraWorld, camera: PiCamera
) -> None:
    camera.capture()
    world.clock.advance(QUIET_S - 1)
    camera.capture()
    world.clock.advance(QUIET_S - 1)
    camera.capture()
    assert len(world.workers) == 1
    world.clock.advance(QUIET_S)
    assert not world.workers[0].is_alive
    camera.capture()
    assert len(world.workers) == 2


def test_pi_camera_process_ends_when_the_daemon_is_gone(world: CameraWorld) -> None:
    """Its standard input closes, whatever way the daemon went."""
    worker = world.start()
    assert worker.answer(PATIENCE_S).kind is Kind.READY
    worker._stdin.close()
    assert worker.reap(PATIENCE_S)


def test_pi_camera_starts_another_process_when_one_dies_between_stills(
    world: CameraWorld, camera: PiCamera
) -> None:
    camera.capture()
    os.kill(world.workers[0].pid, signal.SIGKILL)
    os.waitid(os.P_PID, world.workers[0].pid, os.WEXITED | os.WNOWAIT)
    camera.capture()
    assert len(world.workers) == 2


def test_pi_camera_kills_what_hangs_deaf_to_sigterm(world: CameraWorld) -> None:
    camera = world.camera(CameraSettings(driver="picamera2", size=(64, 48), timeout_s=1))
    world.be("hang")
    with pytest.raises(DeviceLostError, match=r"no picture within 1 s: check the camera"):
        camera.capture()
    assert world.calls == ["hang"]
    assert not world.workers[0].is_alive
    world.be("well")
    camera.capture()
    camera.close()


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("crash", r"it failed \(its process ended, SIGSEGV: ERROR V4L2 v4l2_device\.cpp:352 'imx"),
        ("exit", r"it failed \(its process ended, exit code 3\): check its cable"),
        ("broken", r"it failed \(\[Errno 5\] Input/output error\): check its cable"),
    ],
)
def test_pi_camera_that_fails_recovers_with_the_next_still(
    world: CameraWorld, camera: PiCamera, state: str, text: str
) -> None:
    world.be(state)
    with pytest.raises(DeviceLostError, match=text):
        camera.capture()
    world.be("well")
    camera.capture()
    assert len(world.workers) == 2


@pytest.mark.parametrize(
    ("state", "error", "text"),
    [
        ("vanished", DeviceNotFoundError, r"no camera answers \(list index out of range\)"),
        ("dark", DeviceNotFoundError, r"no camera answers \(libcamera sees none\)"),
        ("busy", DeviceBusyError, r"another program uses it \(ERROR Camera camera\.cpp:1 Pipe"),
    ],
)
def test_pi_camera_looks_anew_in_another_process(
    world: CameraWorld, camera: PiCamera, state: str, error: type[Exception], text: str
) -> None:
    world.be(state)
    with pytest.raises(error, match=text):
        camera.capture()
    world.be("well")
    camera.capture()
    assert len(world.workers) == 2


def test_pi_camera_keeps_its_process_when_only_the_picture_is_too_large(
    world: CameraWorld, camera: PiCamera
) -> None:
    world.be("huge")
    with pytest.raises(
        BadFormatError, match=r"64 x 48 exceeds 512 KiB: make camera\.size smaller$"
    ):
        camera.capture()
    world.be("well")
    camera.capture()
    assert len(world.workers) == 1


def test_pi_camera_is_not_confused_by_a_noisy_library(
    world: CameraWorld, camera: PiCamera, capfd: pytest.CaptureFixture[str]
) -> None:
    world.be("noisy")
    for _ in range(3):
        camera.capture()
    assert world.workers[0].noise.rstrip().endswith("too dark")
    assert capfd.readouterr() == ("", "")


def test_pi_camera_begins_at_the_quality_that_is_set(world: CameraWorld) -> None:
    camera = world.camera(CameraSettings(driver="picamera2", size=(64, 48), quality=60))
    assert quality_of(camera.capture().jpeg) == 60
    camera.close()


def test_pi_camera_lowers_the_quality_until_the_still_is_small_enough(
    world: CameraWorld, camera: PiCamera
) -> None:
    world.be("large")
    jpeg = camera.capture().jpeg
    assert LIMIT_BYTES - 15 * 10_000 < len(jpeg) <= LIMIT_BYTES


class AskedWorker(Worker):
    """A process that tells when it has been asked for a still."""

    asked = threading.Event()

    def ask(self, request: bytes) -> None:
        super().ask(request)
        self.asked.set()


def test_pi_camera_that_is_closed_during_a_still_says_so_at_once(world: CameraWorld) -> None:
    world.kind = AskedWorker
    camera = world.camera(CameraSettings(driver="picamera2", size=(64, 48), timeout_s=30))
    world.be("hang")
    errors: list[Exception] = []

    def capture() -> None:
        try:
            camera.capture()
        except DeviceLostError as error:
            errors.append(error)

    capturing = threading.Thread(target=capture)
    capturing.start()
    assert AskedWorker.asked.wait(PATIENCE_S)
    camera.close()
    capturing.join(PATIENCE_S)
    assert [str(error) for error in errors] == ["camera: it is closed"]


class StuckWorker(Worker):
    """A process that a driver of the kernel's holds on to, killed or not."""

    is_held = True

    def reap(self, timeout_s: float = 1.0) -> bool:
        return False if self.is_held else super().reap(timeout_s)


def test_pi_camera_waits_for_a_process_that_cannot_be_killed(world: CameraWorld) -> None:
    world.kind = StuckWorker
    camera = world.camera()
    world.be("exit")
    with pytest.raises(DeviceLostError, match=r"it failed \(its process hangs\)"):
        camera.capture()
    world.be("well")
    with pytest.raises(DeviceLostError, match="it still hangs: check its cable, restart the Pi"):
        camera.capture()
    assert len(world.workers) == 1
    StuckWorker.is_held = False
    camera.capture()
    camera.close()


def test_pi_camera_names_what_is_missing_below_picamera2(world: CameraWorld) -> None:
    (world.folder / "picamera2.py").write_text("import libcamera_is_not_here")
    camera = world.camera()
    with pytest.raises(DriverMissingError, match="apt install python3-picamera2"):
        camera.capture()
    camera.close()


def test_cameras_are_listed_by_their_models(world: CameraWorld) -> None:
    assert list_cameras(world.start) == ["imx708", "/base/usb"]
    world.be("dark")
    assert list_cameras(world.start) == []
    assert not any(worker.is_alive for worker in world.workers)


def test_listing_cameras_says_when_the_library_crashes(world: CameraWorld) -> None:
    (world.folder / "picamera2.py").write_text("import os; os.abort()")
    with pytest.raises(DeviceLostError, match="its process ended, SIGABRT"):
        list_cameras(world.start)


@pytest.mark.skipif(
    importlib.util.find_spec("picamera2") is not None, reason="picamera2 is installed"
)
def test_no_cameras_are_listed_without_picamera2() -> None:
    assert list_cameras() == []


def test_camera_process_gets_no_secret_and_none_of_the_service_manager() -> None:
    environ = {
        "PATH": "/usr/bin",
        "LIBCAMERA_IPA_MODULE_PATH": "/opt",
        "GEMINI_API_KEY": "secret",
        "CREDENTIALS_DIRECTORY": "/run/credentials/myna.service",
        "NOTIFY_SOCKET": "/run/systemd/notify",
    }
    assert passed_on(environ) == {
        "PATH": "/usr/bin",
        "LIBCAMERA_IPA_MODULE_PATH": "/opt",
        "LIBCAMERA_LOG_LEVELS": "*:WARN",
    }


def test_camera_driver_imports_no_camera_library(world: CameraWorld) -> None:
    code = (
        "import sys\n"
        "from myna_hardware.camera import open_camera\n"
        "from myna_hardware.settings import CameraSettings\n"
        "open_camera(CameraSettings(driver='picamera2'))\n"
        "print([name for name in ('picamera2', 'numpy', 'libcamera') if name in sys.modules])"
    )
    path = os.pathsep.join([str(world.folder), *sys.path])
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code],
        check=False,
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize(
    "answer", [Answer(Kind.READY), Answer(Kind.STILL, b"\xff\n\xd8"), Answer(Kind.LOST, b"cable")]
)
def test_answer_is_read_only_when_all_of_it_is_there(answer: Answer) -> None:
    sent = answer.serialize()
    assert [parse_answer(sent[:length]) for length in range(len(sent))] == [None] * len(sent)
    assert parse_answer(sent) == answer


@pytest.mark.parametrize(
    "noise",
    [
        b"x" * 65,
        b"still\n",
        b"cake 3\n",
        b"still -1\n",
        b"ready 0\nmore",
        b"\xff 3\n",
        f"still {BODY_LIMIT_BYTES + 1}\n".encode(),
    ],
)
def test_answer_that_is_none_is_refused(noise: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        parse_answer(noise)


def test_request_is_a_still_or_the_cameras() -> None:
    request = StillRequest(640, 480, 70)
    assert parse_request(request.serialize()) == request
    assert parse_request(b"cameras\n") is None
    for noise in (b"still 1 2\n", b"dance\n", b"\n"):
        with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
            parse_request(noise)
