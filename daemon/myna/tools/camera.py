"""The tool that looks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from myna.tools.stills import Gaze
from myna.tools.tool import Result, Seen, Tool
from myna_hardware.interfaces import Camera
from myna_hardware.settings import CameraSettings

_MARGIN_S: Final = 2.0
"""By how much the camera's own time limit, whose error says more, comes first."""


def look_tools(gaze: Gaze) -> list[Tool]:
    """Return `look`.

    Args:
        gaze: May serve a stream of stills beside it.
    """

    def look() -> Result:
        """Take a picture with your camera and look at it.

        Call it whenever the user asks what you see, or about something before you.
        """
        return Seen(gaze.capture(), "The picture is what your camera sees now.")

    # The model waits, for seconds if it must: one that goes on talking describes what it
    # imagines before the picture is there.
    return [Tool.from_function(look, timeout_s=gaze.timeout_s + _MARGIN_S, is_reading=True)]


def camera_tools(
    camera: Camera, settings: CameraSettings, clock: Callable[[], float] = time.monotonic
) -> list[Tool]:
    """Return `look` for a camera that nobody else asks.

    Args:
        camera: Asked in a worker thread, by one call at a time.
        settings: Its `rate_hz` and time limits hold.
        clock: Monotonic, in seconds.
    """
    return look_tools(Gaze(camera, settings, clock))
