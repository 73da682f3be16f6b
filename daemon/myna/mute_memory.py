"""Whether the speaker was muted, over a restart and a power cut: a file that is there or not.

Everything here blocks until the disk has it: a moment, in which nothing else goes on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from myna.disk import sync_folder

FILE: Final = "muted"


class MuteMemory:
    """The file `muted` in a folder.

    Args:
        folder: Created when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def recall(self) -> bool:
        """Return whether it was muted.

        Raises:
            OSError: That cannot be told.
        """
        try:
            self._path.stat()  # `exists` takes for "no" what it cannot tell
        except FileNotFoundError:
            return False
        return True

    def remember(self, *, is_muted: bool) -> None:
        """Note it, down to the disk.

        Raises:
            OSError: It cannot be noted.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_muted:
            self._path.touch(mode=0o600)
        else:
            self._path.unlink(missing_ok=True)
        sync_folder(self._path.parent)
