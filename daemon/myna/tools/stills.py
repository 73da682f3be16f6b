"""The one eye: takes pictures for `look` and for the stream while the user speaks."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from myna.errors import ToolError
from myna.telltale import Telltale, unlit
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Camera, Still, TroubleListener
from myna_hardware.settings import CameraSettings

_LEAST_INTERVAL_S: Final = 1.0
"""The API takes one still per second (Live API guide, video)."""


def _tell_nobody(_error: HardwareError | None) -> None:
    """Keep it to oneself."""


class Gaze:
    """Takes one picture at a time, and not more often than the API takes them.

    Every picture that it returns is meant to be sent; so a picture refused to `look`
    is one that the model has, or is about to get. Blocks: call it in worker threads.

    Args:
        camera: Asked by one thread at a time.
        settings: Its `rate_hz` and time limits hold.
        clock: Monotonic, in seconds.
        light: The camera light: on while the camera is.
        tell: Told of each trouble, and with None of each picture, in the thread that asks.
    """

    def __init__(
        self,
        camera: Camera,
        settings: CameraSettings,
        clock: Callable[[], float] = time.monotonic,
        light: Telltale | None = None,
        *,
        tell: TroubleListener = _tell_nobody,
    ) -> None:
        self.timeout_s = settings.limit_s
        self._camera = camera
        self._interval_s = max(_LEAST_INTERVAL_S, 1 / settings.rate_hz)
        self._clock = clock
        self._light = light or unlit()
        self._tell = tell
        self._lock = threading.Lock()
        self._tried_s = -math.inf
        self._taken_s = -math.inf

    def capture(self) -> Still:
        """Take a picture now.

        Raises:
            ToolError: It is too early, or one is being taken; says what to do instead.
            HardwareError: The camera failed; the next call may try again at once.
        """
        with self._turn() as is_mine:
            if not is_mine:
                spoken = "A picture is being taken already: wait for it and answer from that one"
                raise ToolError("look", spoken)
            wait_s = self._taken_s + self._interval_s - self._clock()
            if wait_s > 0:
                spoken = (
                    "Your last picture is fresh: answer from that one. "
                    f"For a new one call look again in {math.ceil(wait_s)} s"
                )
                raise ToolError("look", spoken)
            return self._take()

    def capture_if_due(self) -> Still | None:
        """Take a picture if one is due; None when it is too early or one is being taken.

        Raises:
            HardwareError: The camera failed; it is tried again one interval later.
        """
        with self._turn() as is_mine:
            if not is_mine or self._clock() < self._tried_s + self._interval_s:
                return None
            return self._take()

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Tell whether the camera is free, and keep it so; never waits."""
        is_mine = self._lock.acquire(blocking=False)
        try:
            yield is_mine
        finally:
            if is_mine:
                self._lock.release()

    def _take(self) -> Still:
        start_s = self._clock()
        self._tried_s = start_s
        self._light.hold("shutter")
        try:
            still = self._camera.capture()
        except HardwareError as error:
            self._tell(error)
            raise
        finally:
            self._light.let_go("shutter")
        self._tell(None)
        self._taken_s = start_s
        return still
