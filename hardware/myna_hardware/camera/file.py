"""A camera that shows JPEG files."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Final

from myna_hardware.camera import faults
from myna_hardware.camera.jpeg import flaw_of
from myna_hardware.errors import BadFormatError, DeviceLostError, DeviceNotFoundError
from myna_hardware.interfaces import Still

LIMIT_BYTES: Final = 1024 * 1024
SUFFIXES: Final = frozenset({".jpg", ".jpeg"})


class FileCamera:
    """Shows a JPEG, or those of a folder by name, in turn and over again.

    Args:
        path: A JPEG of at most 1 MiB, or a folder that holds some.

    Raises:
        DeviceNotFoundError: There is no such file, or no JPEG in the folder.
        BadFormatError: A file is not a whole JPEG, or too large.
    """

    def __init__(self, path: Path | None) -> None:
        self._is_closed = False
        files = _jpeg_files(path)
        for file in files:
            _read_jpeg(file)
        self._turns = cycle(files)

    def capture(self) -> Still:
        """Return the next picture, as its file is now.

        Raises:
            DeviceLostError: The camera is closed, or the file has gone or broken since.
        """
        if self._is_closed:
            raise faults.closed()
        file = next(self._turns)
        try:
            return Still(_read_jpeg(file))
        except (DeviceNotFoundError, BadFormatError) as error:
            raise DeviceLostError("camera", error.problem) from error

    def close(self) -> None:
        """Show nothing more."""
        self._is_closed = True


def _jpeg_files(path: Path | None) -> list[Path]:
    if path is None:
        raise DeviceNotFoundError("camera", "set camera.path to a JPEG, or to a folder of them")
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if not files:
        raise DeviceNotFoundError("camera", f"there is no .jpg file in the folder {path}")
    return files


def _read_jpeg(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            jpeg = opened.read(LIMIT_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DeviceNotFoundError("camera", f"cannot read {file}: {reason}") from error
    flaw = flaw_of(jpeg, LIMIT_BYTES)
    if flaw is not None:
        raise BadFormatError("camera", f"{file} {flaw.text}: {flaw.cure}")
    return jpeg
