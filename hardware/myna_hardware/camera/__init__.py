"""Cameras: picamera2 in a process of its own, a file, or a simulated twin."""

from __future__ import annotations

from myna_hardware.camera.file import FileCamera
from myna_hardware.camera.finding import check_picamera2, list_cameras
from myna_hardware.camera.pi import PiCamera
from myna_hardware.camera.simulated import SimulatedCamera
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
            check_picamera2()
            return PiCamera(settings)
        case "file":
            return FileCamera(settings.path)
        case "simulated":
            return SimulatedCamera(settings)
        case "none":
            return None
