"""The tool that looks."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

from myna.errors import ToolError
from myna.tools.tool import Result, Seen, Tool
from myna_hardware.interfaces import Camera
from myna_hardware.settings import CameraSettings

_MARGIN_S: Final = 2.0
"""By how much the camera's own time limit, whose error says more, comes first."""


class _Gaze:
    """Takes one picture at a time, and not more often than the API takes them."""

    def __init__(self, camera: Camera, rate_hz: float, clock: Callable[[], float]) -> None:
        self._camera = camera
        self._interval_s = 1 / rate_hz
        self._clock = clock
        self._lock = threading.Lock()
        self._next_s = -math.inf

    def look(self) -> Result:
        """Take a picture with your camera and look at it.

        Call it whenever the user asks what you see, or about something before you.
        """
        if not self._lock.acquire(blocking=False):
            raise ToolError("look", "You are looking already: wait for that picture")
        try:
            start_s = self._clock()
            if start_s < self._next_s:
                raise ToolError("look", "Your last picture is fresh: use it, or look again later")
            self._next_s = start_s + self._interval_s
            return Seen(self._camera.capture(), "The picture is what your camera sees now.")
        finally:
            self._lock.release()


def camera_tools(
    camera: Camera, settings: CameraSettings, clock: Callable[[], float] = time.monotonic
) -> list[Tool]:
    """Return `look`.

    Args:
        camera: Asked in a worker thread, by one call at a time.
        settings: Its `rate_hz` and `timeout_s` hold.
        clock: Monotonic, in seconds.
    """
    gaze = _Gaze(camera, settings.rate_hz, clock)
    return [Tool.from_function(gaze.look, timeout_s=settings.timeout_s + _MARGIN_S)]
