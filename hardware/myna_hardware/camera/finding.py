"""Whether picamera2 is there, and which cameras it finds."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Final

from myna_hardware.camera import faults
from myna_hardware.camera.answers import CAMERAS_REQUEST, Answer, Kind
from myna_hardware.camera.process import Worker, WorkerEndedError
from myna_hardware.settings import CAMERA_START_S

LIST_LIMIT_S: Final = 5.0


def check_picamera2() -> None:
    """Look for picamera2 without importing it.

    Raises:
        DriverMissingError: It is not installed.
    """
    if find_spec("picamera2") is None:
        raise faults.missing("")


def list_cameras(start: Callable[[], Worker] = Worker) -> list[str]:
    """Return the models of the cameras found; empty where picamera2 is not installed.

    Raises:
        HardwareError: The library does not answer.
    """
    worker = start()
    try:
        answer = _models(worker)
    except TimeoutError as error:
        raise faults.slow(CAMERA_START_S) from error
    except WorkerEndedError as error:
        raise faults.lost(error.reason) from error
    finally:
        worker.kill()
        worker.reap()
    match answer.kind:
        case Kind.CAMERAS:
            return answer.text.splitlines()
        case Kind.MISSING:
            return []
    raise faults.fault_of(answer, worker.noise)


def _models(worker: Worker) -> Answer:
    loaded = worker.answer(CAMERA_START_S)
    if loaded.kind is not Kind.READY:
        return loaded
    worker.ask(CAMERAS_REQUEST)
    return worker.answer(LIST_LIMIT_S)
