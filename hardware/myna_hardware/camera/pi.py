"""A Raspberry Pi or USB camera, through picamera2 in a process of its own.

The process is started for the first still, ends after a minute without one, and is
killed when a still takes too long; the next one starts another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from myna_hardware.camera import faults
from myna_hardware.camera.answers import Answer, Kind, StillRequest
from myna_hardware.camera.jpeg import flaw_of
from myna_hardware.camera.process import Worker, WorkerEndedError
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Still
from myna_hardware.settings import CAMERA_START_S, CameraSettings
from myna_hardware.timers import Alarm, Clock, RealClock

LIMIT_BYTES: Final = 512 * 1024
QUIET_S: Final = 60.0
"""How long the process is kept for the next still."""


class PiCamera:
    """A camera that is on only while it takes a still.

    When `capture` returns or raises the camera is off: it was switched off, or its process
    is dead.

    Args:
        settings: Size and quality of the stills, and how long one may take.
        start: Starts the process.
        clock: Tells when it has been quiet for long enough.
    """

    def __init__(
        self,
        settings: CameraSettings,
        start: Callable[[], Worker] = Worker,
        clock: Clock | None = None,
    ) -> None:
        self._request = StillRequest(*settings.size, settings.quality).serialize()
        self._timeout_s = settings.timeout_s
        self._start = start
        self._clock = clock or RealClock()
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._stuck: Worker | None = None
        self._retirement: Alarm | None = None
        self._is_closed = False

    def capture(self) -> Still:
        """Switch the camera on, take one still of at most 512 KiB, and switch it off.

        Raises:
            DeviceLostError: It did not answer in time, crashed, is closed, or hangs.
            DeviceNotFoundError: There is no camera.
            DeviceBusyError: Another program uses it.
            BadFormatError: The picture is not whole, or none of this size is small enough.
            DriverMissingError: What is below picamera2 is not installed.
        """
        with self._lock:
            if self._retirement is not None:
                self._retirement.cancel()
            try:
                return Still(self._take())
            finally:
                self._set_retirement()

    def close(self) -> None:
        """Take no more stills; one that is being taken fails at once."""
        self._is_closed = True
        worker = self._worker
        if worker is not None:
            worker.kill()
        with self._lock:
            if self._retirement is not None:
                self._retirement.cancel()
            self._end()

    def _take(self) -> bytes:
        worker = self._ready_worker()
        answer = self._asked(worker, self._request)
        if answer.kind is not Kind.STILL:
            # After a process that has found no camera only another looks anew (measured with
            # picamera2 0.3.38: it keeps libcamera's list of none).
            if answer.kind is not Kind.TOO_LARGE:
                self._end()
            raise faults.fault_of(answer, worker.noise)
        flaw = flaw_of(answer.body, LIMIT_BYTES)
        if flaw is not None:
            self._end()
            raise faults.torn(flaw)
        return answer.body

    def _ready_worker(self) -> Worker:
        """Return the process, with the library loaded; start one if there is none."""
        if self._is_closed:
            raise faults.closed()
        if self._stuck is not None and not self._stuck.reap(0):
            raise faults.stuck()
        self._stuck = None
        if self._worker is None or not self._worker.is_alive:
            self._end()
            self._worker = self._started()
        return self._worker

    def _started(self) -> Worker:
        worker = self._worker = self._start()
        if self._is_closed:  # meanwhile, so that `close` has not seen it
            self._end()
            raise faults.closed()
        answer = self._answer(worker, CAMERA_START_S, faults.slow(CAMERA_START_S))
        if answer.kind is not Kind.READY:
            self._end()
            raise faults.fault_of(answer, worker.noise)
        return worker

    def _asked(self, worker: Worker, request: bytes) -> Answer:
        try:
            worker.ask(request)
        except WorkerEndedError as error:
            raise self._lost(error) from error
        return self._answer(worker, self._timeout_s, faults.hung(self._timeout_s))

    def _answer(self, worker: Worker, timeout_s: float, late: HardwareError) -> Answer:
        try:
            return worker.answer(timeout_s)
        except TimeoutError as error:
            self._end()
            raise late from error
        except WorkerEndedError as error:
            raise self._lost(error) from error

    def _lost(self, error: WorkerEndedError) -> HardwareError:
        self._end()
        return faults.closed() if self._is_closed else faults.lost(error.reason)

    def _set_retirement(self) -> None:
        if self._worker is not None and not self._is_closed:
            due_s = self._clock.now_s() + QUIET_S
            self._retirement = self._clock.call_at(due_s, self._retire)

    def _retire(self) -> None:
        """End the process after a quiet minute, unless a still is being taken again."""
        if self._lock.acquire(blocking=False):
            try:
                self._end()
            finally:
                self._lock.release()

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
            if not worker.reap():
                self._stuck = worker
