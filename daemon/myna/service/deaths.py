"""How often the service died soon after its start, and what follows from that.

systemd would start it again every three seconds for ever, on a Pi that then does nothing
else; its own growing pauses (RestartSteps=) never become short again (systemd issue 43813).
So the speaker counts for itself, in its runtime directory, which outlives a restart of the
service and not one of the machine: each start counts as a death until the speaker has grown
old, or ends as it should.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

YOUNG_S: Final = 60.0
"""Who has lived that long does not die of what it does at its start."""

DEATHS_TO_SAFE_MODE: Final = 5

PAUSES_S: Final = (0.0, 0.0, 1.0, 3.0, 5.0, 0.0, 30.0, 60.0, 120.0)
"""Before a start, by the deaths until then; the last one counts for all further ones. The
safe mode begins at once. systemd's RestartSec= comes on top."""

FILE: Final = "young-deaths"
LAST_END: Final = "last-end"
"""Where ExecStopPost= writes how the last one ended."""


def pause_s(deaths: int) -> float:
    """Return how long to wait before a start."""
    return PAUSES_S[min(deaths, len(PAUSES_S) - 1)]


class Deaths:
    """The count, in a file.

    Args:
        folder: Where it is kept; None where there is no service manager: nothing is counted.

    Attributes:
        count: How many there were before this start.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.count = self._recall()

    @property
    def is_loop(self) -> bool:
        """Whether there were so many that only the safe mode is left."""
        return self.count >= DEATHS_TO_SAFE_MODE

    @property
    def last_end(self) -> str:
        """How the last one ended, in systemd's words; empty where nobody knows."""
        try:
            return "" if self._folder is None else (self._folder / LAST_END).read_text().strip()
        except (OSError, ValueError):
            return ""

    def note_birth(self) -> None:
        """Count this start as a death, until something better is known of it."""
        self.remember(self.count + 1)

    def forget(self) -> None:
        """It has grown old, or ends as it should."""
        self.remember(0)

    def remember(self, count: int) -> None:
        """Set the count for the next start; a disk that is full or away changes nothing."""
        if self._folder is not None:
            with contextlib.suppress(OSError):
                (self._folder / FILE).write_text(f"{count}\n")

    def _recall(self) -> int:
        try:
            return 0 if self._folder is None else max(0, int((self._folder / FILE).read_text()))
        except (OSError, ValueError):
            return 0


def deaths_of(environ: Mapping[str, str]) -> Deaths:
    """Return the count of this service; without systemd none is kept."""
    folder = environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    return Deaths(Path(folder) if folder else None)
