"""What must survive a power cut, down to the disk."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Replace `path`, which only its owner may read, down to the disk; blocks.

    After a power cut there is the old file or the new one (rename(2): the new name is there
    at every moment).

    Args:
        path: Its folder exists; PATH.tmp beside it is used meanwhile.
        content: What it is to hold.

    Raises:
        OSError: It cannot be written; the old one is still there.
    """
    fresh = path.with_name(f"{path.name}.tmp")
    try:
        _write(fresh, content)
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in `folder` to the disk; blocks (fsync(2): a file's fsync does not do that).

    Raises:
        OSError: It cannot be done.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(path, flags, 0o600), "wb") as file:  # noqa: PTH123 - of a descriptor
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
