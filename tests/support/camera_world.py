"""A folder with a stand-in for picamera2 in it, and the camera driver that runs on it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from myna_hardware.camera.pi import PiCamera
from myna_hardware.camera.process import COMMAND, Worker, passed_on
from myna_hardware.settings import CameraSettings
from myna_hardware.timers import ManualClock
from support import picamera2_stand_in

ROOTS = (Path(__file__).parents[2] / "hardware",)
SETTINGS = CameraSettings(driver="picamera2", size=(64, 48), timeout_s=10)


@dataclass
class CameraWorld:
    """What surrounds a camera.

    Attributes:
        folder: Where the stand-in is imported from.
        kind: What is started for a process.
        clock: The driver's.
        workers: Every process that was started, the last one last.
    """

    folder: Path
    kind: type[Worker] = Worker
    clock: ManualClock = field(default_factory=ManualClock)
    workers: list[Worker] = field(default_factory=list)

    def __post_init__(self) -> None:
        shutil.copy(picamera2_stand_in.__file__, self.folder / "picamera2.py")
        self.be("well")

    def be(self, state: str) -> None:
        """Change; see the stand-in for the words."""
        (self.folder / "world.txt").write_text(state)

    @property
    def calls(self) -> list[str]:
        """What has been done to the library's camera."""
        path = self.folder / "calls.txt"
        return path.read_text().split() if path.exists() else []

    def start(self) -> Worker:
        """Start a process that finds the stand-in."""
        path = os.pathsep.join(map(str, (self.folder, *ROOTS)))
        command = [word for word in COMMAND if word != "-I"]
        self.workers.append(self.kind(command, {**passed_on(os.environ), "PYTHONPATH": path}))
        return self.workers[-1]

    def camera(self, settings: CameraSettings = SETTINGS) -> PiCamera:
        """Return a driver; nothing is started yet."""
        return PiCamera(settings, self.start, self.clock)
