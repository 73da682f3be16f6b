"""A stand-in for picamera2 that a test puts where the camera's process imports it from.

It does what the file `world.txt` beside it says, a word of these: well, noisy, hang (in C,
deaf to SIGTERM, with the interpreter's lock), crash, exit, half, huge, broken, vanished,
busy, dark (no camera at all). Every step of its camera is a line in `calls.txt`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from myna_hardware.camera.blank import blank_jpeg

FOLDER = Path(__file__).parent
SEEN: list[dict[str, str]] = [{"Model": "imx708"}, {"Id": "/base/usb"}]
"""The cameras. Where there were none once there are none for the rest of the process, as with
picamera2 0.3.38 on libcamera 0.4's virtual camera."""


class Frame:
    """One frame, which encodes to a grey picture of 100 bytes more per point of quality."""

    def __init__(self, camera: Picamera2) -> None:
        self._camera = camera

    def save(self, name: str, file_output: BytesIO, format: str) -> None:  # noqa: A002 (its name)
        """Encode it."""
        assert (name, format) == ("main", "jpeg")
        file_output.write(encoded(self._camera.size, self._camera.options["quality"]))

    def release(self) -> None:
        """Give it back."""
        note("release")


class Picamera2:
    """The class, as far as it is used."""

    def __init__(self) -> None:
        if world() == "vanished":
            raise RuntimeError("Camera __init__ sequence did not complete.") from IndexError(
                "list index out of range"
            )
        if world() == "busy":
            say("ERROR Camera camera.cpp:1 Pipeline handler in use by another process")
            raise RuntimeError("Camera __init__ sequence did not complete.")
        note("open")
        self.options: dict[str, int] = {}
        self.size = (0, 0)

    @staticmethod
    def global_camera_info() -> list[dict[str, str]]:
        """Describe the cameras."""
        if world() == "hang":
            hang()
        if world() == "dark":
            SEEN.clear()
        return list(SEEN)

    def create_still_configuration(
        self, main: Mapping[str, object], *, raw: None, buffer_count: int
    ) -> Mapping[str, object]:
        """Describe a mode."""
        return {"main": main, "raw": raw, "buffer_count": buffer_count}

    def configure(self, camera_config: Mapping[str, Mapping[str, tuple[int, int]]]) -> None:
        """Take a mode."""
        self.size = camera_config["main"]["size"]

    def start(self) -> None:
        """Let frames flow, or do what the world is like."""
        note("start")
        match world():
            case "noisy":
                sys.stdout.write("noise" * 20_000)
                say("\x1b[1;31m[0:07:42.544557834] [1455] \x1b[0m WARN RPI too dark")
            case "crash":
                say("[0:07:42.5] [14] ERROR V4L2 v4l2_device.cpp:352 'imx708': bad")
                os.kill(os.getpid(), signal.SIGSEGV)
            case "exit":
                os._exit(3)
            case "broken":
                raise OSError(5, "Input/output error")

    def capture_metadata(self) -> None:
        """Wait for a frame."""

    def capture_request(self) -> Frame:
        """Hold a frame."""
        return Frame(self)

    def close(self) -> None:
        """Switch the camera off."""
        note("close")


def world() -> str:
    """Return what the world is like."""
    return (FOLDER / "world.txt").read_text().strip()


def note(call: str) -> None:
    """Write down what was done to the camera."""
    with (FOLDER / "calls.txt").open("a") as calls:
        calls.write(f"{call}\n")


def say(line: str) -> None:
    """Write on stderr, as libcamera does."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def hang() -> None:
    """Wait for ever, inside C, with the interpreter's lock held and SIGTERM ignored."""
    note("hang")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.PyDLL(None).pause()


def encoded(size: tuple[int, int], quality: int) -> bytes:
    """Return the picture at this quality, as it would arrive in this world."""
    bytes_per_point = {"huge": 100_000, "large": 10_000}.get(world(), 100)
    jpeg = padded(blank_jpeg(*size), quality * bytes_per_point)
    return jpeg[: len(jpeg) // 2] if world() == "half" else jpeg


def padded(jpeg: bytes, length: int) -> bytes:
    """Lengthen a JPEG by comments (T.81, B.2.4.5)."""
    comments = []
    while length > 0:
        body = min(length, 65_000)
        comments.append(b"\xff\xfe" + (body + 2).to_bytes(2, "big") + bytes(body))
        length -= body
    return jpeg[:2] + b"".join(comments) + jpeg[2:]
