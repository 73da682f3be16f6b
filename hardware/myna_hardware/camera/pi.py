"""A Raspberry Pi or USB camera, through picamera2: the only file that imports it.

Written to picamera2 0.3.38; not yet run on a sensor, only on a stand-in for the library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from io import BytesIO
from threading import Thread
from typing import Final, Protocol, cast

from myna_hardware.errors import (
    BadFormatError,
    DeviceLostError,
    DeviceNotFoundError,
    DriverMissingError,
)
from myna_hardware.interfaces import Still

LIMIT_BYTES: Final = 512 * 1024
QUALITIES: Final = (85, 70, 55, 40, 25)
"""JPEG qualities, tried from the first until the picture is small enough."""

SETTLING_FRAMES: Final = 10
"""Frames that exposure and white balance need after a start: `startup_frames` of rpi.agc
and rpi.awb in libcamera's tuning files."""


class Request(Protocol):
    """One frame of `Picamera2.capture_request`."""

    def save(self, name: str, file_output: BytesIO, format: str) -> None:  # noqa: A002 (its name)
        """Encode the frame into `file_output`, at the camera's `options["quality"]`."""
        ...

    def release(self) -> None:
        """Give the frame's buffer back."""
        ...


class LibraryCamera(Protocol):
    """What is used of the class `Picamera2` (Picamera2 manual, "The Picamera2 class")."""

    options: dict[str, int]

    def create_still_configuration(
        self, main: Mapping[str, object], *, buffer_count: int
    ) -> Mapping[str, object]:
        """Describe a mode for stills with this main stream."""
        ...

    def configure(self, camera_config: Mapping[str, object]) -> object:
        """Take that mode."""
        ...

    def start(self) -> None:
        """Let frames flow."""
        ...

    def capture_metadata(self) -> object:
        """Wait for the next frame, and say how it was exposed."""
        ...

    def capture_request(self) -> Request:
        """Wait for the next frame, and hold on to it."""
        ...

    def close(self) -> None:
        """Stop the frames and switch the camera off."""
        ...


class PiCamera:
    """A camera that is on only while it takes a still.

    libcamera can hang for good (a loose ribbon cable), and a thread inside it cannot be
    stopped. So each still is taken by a thread of its own that may be left behind; until
    that one returns, every further capture fails at once.

    Args:
        switch_on: Opens the camera; the class `Picamera2`.
        size: Width and height of the stills.
        timeout_s: How long a capture may take, switching on included.
    """

    def __init__(
        self, switch_on: Callable[[], LibraryCamera], size: tuple[int, int], timeout_s: float
    ) -> None:
        self._switch_on = switch_on
        self._size = size
        self._timeout_s = timeout_s
        self._capturing: Thread | None = None
        self._is_closed = False

    def capture(self) -> Still:
        """Switch the camera on, take one still of at most 512 KiB, and switch it off.

        Raises:
            DeviceLostError: It did not answer in time, is closed, or is still hanging.
            DeviceNotFoundError: There is no camera, or another program uses it.
            BadFormatError: No quality makes a picture of this size small enough.
        """
        if self._is_closed:
            raise DeviceLostError("camera", "it is closed")
        if self._capturing is not None and self._capturing.is_alive():
            raise DeviceLostError("camera", "it still hangs: check its cable, restart the Pi")
        taken: Future[Still] = Future()
        self._capturing = Thread(target=self._fulfil, args=(taken,), name="camera", daemon=True)
        self._capturing.start()
        try:
            return taken.result(self._timeout_s)
        except TimeoutError as error:
            raise DeviceLostError(
                "camera", f"no picture within {self._timeout_s:g} s: check the camera's cable"
            ) from error
        except (RuntimeError, OSError, IndexError) as error:
            raise DeviceNotFoundError(
                "camera", f"no camera answers ({error}): `rpicam-hello --list-cameras` lists them"
            ) from error

    def close(self) -> None:
        """Take no more stills; between stills the camera is off anyway."""
        self._is_closed = True

    def _fulfil(self, taken: Future[Still]) -> None:
        try:
            taken.set_result(self._take())
        except Exception as error:  # noqa: BLE001 (carried to `capture`, which raises it)
            taken.set_exception(error)

    def _take(self) -> Still:
        camera = self._switch_on()
        try:
            camera.configure(
                camera.create_still_configuration({"size": self._size}, buffer_count=2)
            )
            camera.start()
            for _ in range(SETTLING_FRAMES):
                camera.capture_metadata()
            request = camera.capture_request()
            try:
                return Still(self._encode(camera, request))
            finally:
                request.release()
        finally:
            camera.close()

    def _encode(self, camera: LibraryCamera, request: Request) -> bytes:
        for quality in QUALITIES:
            camera.options["quality"] = quality
            encoded = BytesIO()
            request.save("main", encoded, format="jpeg")
            if encoded.tell() <= LIMIT_BYTES:
                return encoded.getvalue()
        width, height = self._size
        raise BadFormatError(
            "camera", f"a picture of {width} x {height} exceeds 512 KiB: make camera.size smaller"
        )


def load_picamera2() -> Callable[[], LibraryCamera]:
    """Return the class `Picamera2`; nothing is switched on.

    Raises:
        DriverMissingError: picamera2, or the libcamera below it, is not installed.
    """
    try:
        from picamera2 import Picamera2
    except ImportError as error:
        raise DriverMissingError("camera", "picamera2", "apt install python3-picamera2") from error
    return cast("Callable[[], LibraryCamera]", Picamera2)


def list_cameras() -> list[str]:
    """Return the models of the cameras found; empty where picamera2 is not installed."""
    try:
        from picamera2 import Picamera2
    except ImportError:
        return []
    return [str(camera.get("Model", camera["Id"])) for camera in Picamera2.global_camera_info()]
