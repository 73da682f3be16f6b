"""Cameras: picamera2, or a file."""

from __future__ import annotations

from myna_hardware.camera.file import FileCamera
from myna_hardware.camera.pi import PiCamera, list_cameras, load_picamera2
from myna_hardware.interfaces import Camera
from myna_hardware.settings import CameraSettings

__all__ = ["list_cameras", "open_camera"]


def open_camera(settings: CameraSettings) -> Camera | None:
    """Open the camera that `settings` names; None when it names none.

    A Pi camera is not switched on by this, only by a capture.

    Raises:
        HardwareError: picamera2 is not installed, or there is no usable JPEG.
    """
    match settings.driver:
        case "picamera2":
            return PiCamera(load_picamera2(), settings.size, settings.timeout_s)
        case "file":
            return FileCamera(settings.path)
        case "none":
            return None
