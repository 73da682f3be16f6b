"""The file in which the counts survive a restart.

It is replaced as a whole, so that after a power cut there is either the old one or the
new one. Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from myna.disk import replace_file
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
        replace_file(self.path, msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def _parsed(content: bytes) -> Record:
    if len(content) > LIMIT_BYTES:
        raise ValueError(f"it is larger than {LIMIT_BYTES} bytes")
    return msgspec.json.decode(content, type=Record)
