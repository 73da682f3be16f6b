"""A simulated camera: shows a picture, and can be made to fail as real ones do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from myna_hardware.camera import faults
from myna_hardware.camera.blank import blank_jpeg
from myna_hardware.camera.file import FileCamera
from myna_hardware.camera.jpeg import flaw_of
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Still
from myna_hardware.settings import CameraSettings

LIMIT_BYTES: Final = 1024 * 1024


class SimulatedCamera:
    """A camera that looks at `camera.path`, or at a grey wall; failing takes it no time.

    Attributes:
        history: Every still that was taken.

    Args:
        settings: Path or size of the pictures, and the time limit that errors tell.

    Raises:
        HardwareError: There is a path, and no usable JPEG.
    """

    def __init__(self, settings: CameraSettings) -> None:
        self.history: list[Still] = []
        self._settings = settings
        self._file = None if settings.path is None else FileCamera(settings.path)
        self._trouble: Callable[[], HardwareError] | None = None
        self._is_torn = False
        self._is_closed = False

    def hang(self) -> None:
        """Answer no more, as with a loose cable."""
        self._trouble = lambda: faults.hung(self._settings.timeout_s)

    def vanish(self) -> None:
        """Be unplugged."""
        self._trouble = lambda: faults.not_found("libcamera sees none")

    def come_back(self) -> None:
        """Work again."""
        self._trouble = None

    def tear(self) -> None:
        """Send half of the next picture."""
        self._is_torn = True

    def capture(self) -> Still:
        """Take a still; see `Camera.capture`."""
        if self._is_closed:
            raise faults.closed()
        if self._trouble is not None:
            raise self._trouble()
        still = Still(self._received(self._looked()))
        self.history.append(still)
        return still

    def close(self) -> None:
        """Take no more stills."""
        self._is_closed = True

    def _looked(self) -> bytes:
        if self._file is None:
            return blank_jpeg(*self._settings.size)
        return self._file.capture().jpeg

    def _received(self, jpeg: bytes) -> bytes:
        sent = jpeg[: len(jpeg) // 2] if self._is_torn else jpeg
        self._is_torn = False
        flaw = flaw_of(sent, LIMIT_BYTES)
        if flaw is not None:
            raise faults.torn(flaw)
        return sent
