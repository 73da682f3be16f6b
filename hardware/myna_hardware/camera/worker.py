"""The process that holds the camera: the only file that imports picamera2.

    python -m myna_hardware.camera.worker

It keeps the library loaded and the camera off until it is asked (`answers.py` says how),
and lives for as long as its standard input is open. Run with
picamera2 0.3.38 on libcamera's virtual camera; not yet on a sensor.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from io import BufferedWriter, BytesIO
from queue import SimpleQueue
from typing import Final, Protocol, cast

from myna_hardware.camera.answers import Answer, Kind, StillRequest, parse_request
from myna_hardware.camera.jpeg import qualities

LIMIT_BYTES: Final = 512 * 1024

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
    """What is used of an object of `Picamera2` (Picamera2 manual, "The Picamera2 class")."""

    options: dict[str, int]

    def create_still_configuration(
        self, main: Mapping[str, object], *, raw: None, buffer_count: int
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


class Library(Protocol):
    """What is used of the class `Picamera2` itself."""

    def __call__(self) -> LibraryCamera:
        """Open the first camera."""
        ...

    def global_camera_info(self) -> list[dict[str, str]]:
        """Describe the cameras that there are."""
        ...


def main() -> None:
    """Load the library, and answer one request after another."""
    answers = _private_stdout()
    requests = _requests()
    try:
        library = _load_picamera2()
    except ImportError as error:
        _send(answers, Answer(Kind.MISSING, str(error).encode()))
        os._exit(0)
    _send(answers, Answer(Kind.READY))
    while True:
        _send(answers, answer_to(requests.get(), library))


def answer_to(line: bytes, library: Library) -> Answer:
    """Do what a request asks; whatever goes wrong is an answer, too."""
    try:
        request = parse_request(line)
        if request is None:
            return Answer(Kind.CAMERAS, "\n".join(models(library)).encode())
        return _take(library, request)
    except Exception as error:  # noqa: BLE001 - the daemon turns the answer into its error
        return Answer(Kind.LOST, _root(error).encode())


def models(library: Library) -> list[str]:
    """Return the models of the cameras found."""
    return [camera.get("Model") or camera["Id"] for camera in library.global_camera_info()]


def _take(library: Library, request: StillRequest) -> Answer:
    """Switch the camera on, take one still, and switch it off."""
    if not library.global_camera_info():
        return Answer(Kind.NOT_FOUND, b"libcamera sees none")
    try:
        camera = library()
    except (RuntimeError, OSError, IndexError) as error:
        return Answer(Kind.NOT_FOUND, _root(error).encode())
    try:
        return _expose(camera, request)
    finally:
        camera.close()


def _expose(camera: LibraryCamera, request: StillRequest) -> Answer:
    main = {"size": (request.width, request.height)}
    # No raw stream: its buffers are as large as the sensor.
    camera.configure(camera.create_still_configuration(main, raw=None, buffer_count=2))
    camera.start()
    for _ in range(SETTLING_FRAMES):
        camera.capture_metadata()
    frame = camera.capture_request()
    try:
        return _encode(camera, frame, request)
    finally:
        frame.release()


def _encode(camera: LibraryCamera, frame: Request, request: StillRequest) -> Answer:
    for quality in qualities(request.quality):
        camera.options["quality"] = quality
        encoded = BytesIO()
        frame.save("main", encoded, format="jpeg")
        if encoded.tell() <= LIMIT_BYTES:
            return Answer(Kind.STILL, encoded.getvalue())
    size = f"{request.width} x {request.height}"
    return Answer(Kind.TOO_LARGE, f"a picture of {size} exceeds 512 KiB".encode())


def _root(error: BaseException) -> str:
    """Return the text of what came first: picamera2 wraps it in words that say less."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return f"{error}" or type(error).__name__


def _load_picamera2() -> Library:
    from picamera2 import Picamera2

    return cast("Library", Picamera2)


def _private_stdout() -> BufferedWriter:
    """Return standard output, and let what libraries print there go to stderr instead."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _send(answers: BufferedWriter, answer: Answer) -> None:
    answers.write(answer.serialize())
    answers.flush()


def _requests() -> SimpleQueue[bytes]:
    """Return where the requests come; when no more can, the process ends at once."""
    lines: SimpleQueue[bytes] = SimpleQueue()

    def read() -> None:
        for line in sys.stdin.buffer:
            lines.put(line)
        os._exit(0)  # the daemon has gone: whatever the library is doing

    threading.Thread(target=read, daemon=True).start()
    return lines


if __name__ == "__main__":
    main()
