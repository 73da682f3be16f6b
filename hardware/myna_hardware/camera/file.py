"""A camera that shows JPEG files."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Final

from myna_hardware.errors import BadFormatError, DeviceLostError, DeviceNotFoundError
from myna_hardware.interfaces import Still

LIMIT_BYTES: Final = 1024 * 1024
START_OF_IMAGE: Final = b"\xff\xd8\xff"
"""The SOI marker and the first byte of the next (ITU-T T.81, B.1.1.3)."""
END_OF_IMAGE: Final = b"\xff\xd9"
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
            raise DeviceLostError("camera", "it is closed")
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
    if len(jpeg) > LIMIT_BYTES:
        raise BadFormatError("camera", f"{file} is larger than 1 MiB: make it smaller")
    if not jpeg.startswith(START_OF_IMAGE):
        raise BadFormatError("camera", f"{file} is not a JPEG: convert it to one")
    if not jpeg.rstrip(b"\0").endswith(END_OF_IMAGE):
        raise BadFormatError("camera", f"{file} is cut off: a JPEG ends with FF D9")
    return jpeg
