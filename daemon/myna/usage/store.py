"""The file in which the counts survive a restart.

It is replaced as a whole, so that after a power cut there is either the old one or the
new one (rename(2): the new name is there at every moment). Everything here blocks: call
it in a thread.
"""

from __future__ import annotations

import contextlib
import logging
import os
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from myna.disk import sync_folder
from myna.usage.counts import Counts

log = logging.getLogger(__name__)

FILE: Final = "usage.json"

LIMIT_BYTES: Final = 1024 * 1024
"""A month of counts is about 10 KB; what is larger was not written here."""


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds.

    Attributes:
        days: What was used, by day.
        told_on: The last day on which each verdict of the budget was announced.
    """

    days: dict[date, Counts] = field(default_factory=dict)
    told_on: dict[str, date] = field(default_factory=dict)


class Store:
    """`usage.json` in a folder.

    Args:
        folder: Created when it is missing.

    Attributes:
        path: The file.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def load(self) -> Record:
        """Return what was saved last, or nothing at all.

        A file that cannot be read or understood is set aside and said so; counting
        starts anew.

        Raises:
            OSError: It cannot even be set aside.
        """
        try:
            with self.path.open("rb") as file:
                return _parsed(file.read(LIMIT_BYTES + 1))
        except FileNotFoundError:
            return Record()
        except (OSError, ValueError, RecursionError) as error:
            aside = self.path.with_name(f"{FILE}.broken")
            self.path.replace(aside)
            log.warning("%s (%s) is now %s: counting starts anew", self.path, error, aside)
            return Record()

    def save(self, record: Record) -> None:
        """Replace the file.

        Raises:
            OSError: It cannot be written; the old one is still there.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.path.with_name(f"{FILE}.tmp")
        content = msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"
        try:
            _write(fresh, content)
            fresh.replace(self.path)
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise
        sync_folder(self.path.parent)


def _parsed(content: bytes) -> Record:
    if len(content) > LIMIT_BYTES:
        raise ValueError(f"it is larger than {LIMIT_BYTES} bytes")
    return msgspec.json.decode(content, type=Record)


def _write(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read, down to the disk."""
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(path, flags, 0o600), "wb") as file:  # noqa: PTH123 - of a descriptor
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
