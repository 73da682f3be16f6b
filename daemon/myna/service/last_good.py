"""The last configuration without a mistake, for a start at which the file has one.

A speaker without a screen that is silent and dark after a restart helps nobody to find a
comma: the service goes on with what was good last, and says what is wrong with the file.
Without a service manager nothing is remembered: who types `myna run` sees the mistake.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from myna.config import Config
from myna.config.file import Loaded
from myna.disk import replace_file
from myna.errors import ConfigError

FILE: Final = "last-good.json"

log = logging.getLogger(__name__)


class LastGood:
    """The file, in the folder of the service's state.

    Args:
        folder: Exists; None to remember nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / FILE

    def reading(self, read: Callable[[], Loaded]) -> Callable[[], Loaded]:
        """Return `read`, with a memory: what it returns is remembered; blocks."""

        def read_and_remember() -> Loaded:
            loaded = read()
            self._remember(loaded.config)
            return loaded

        return read_and_remember

    def in_place_of(self, mistaken: ConfigError) -> Loaded:
        """Return what was good last.

        Raises:
            ConfigError: `mistaken`, if nothing was, or what was is none for this version.
        """
        if self._path is None:
            raise mistaken
        try:
            content = self._path.read_bytes()
            config = msgspec.json.decode(content, type=Config, dec_hook=_revive)
        except (OSError, ValueError):
            raise mistaken from None
        return Loaded(config, f"what was good last, {self._path}")

    def _remember(self, config: Config) -> None:
        """Replace the file if it has changed; a disk that is full or away changes nothing."""
        if self._path is None:
            return
        content = msgspec.json.encode(config, enc_hook=str)
        try:
            if not _holds(self._path, content):
                replace_file(self._path, content)
        except OSError as error:
            log.warning("%s: %s", error.filename or self._path, error.strerror)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def last_good_of(environ: Mapping[str, str]) -> LastGood:
    """Return the memory of this service; without systemd there is none."""
    folder = environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return LastGood(Path(folder) if folder and os.access(folder, os.X_OK) else None)


def _revive(kind: type, value: object) -> object:
    return kind(value)
