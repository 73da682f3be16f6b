"""What the daemon tells in its trace file. Standard library only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lab.story.world import wait_until

Event = dict[str, Any]


class Trace:
    """The daemon's trace file, read as it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rewind()

    def rewind(self) -> None:
        """Begin with the first event of a daemon that was started anew."""
        self._seen = self._marked = 0

    def events(self) -> list[Event]:
        """Return all events so far."""
        whole, _, _ = self._path.read_text().rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def mark(self) -> None:
        """Begin a scene: `found` looks at what comes from here on."""
        self._marked = self._seen = len(self.events())

    def found(self, event: str, **fields: object) -> Event:
        """Return the first event of this kind in this scene, or nothing."""
        wanted = {"event": event, **fields}
        scene = self.events()[self._marked :]
        return next((each for each in scene if wanted.items() <= each.items()), {})

    def until(self, event: str, limit_s: float = 30, **fields: object) -> None:
        """Wait for the next event of this kind, and go on after it.

        Raises:
            TimeoutError: There was none within `limit_s`.
        """
        wanted = {"event": event, **fields}

        def is_there() -> bool:
            for position, each in enumerate(self.events()[self._seen :], self._seen + 1):
                if wanted.items() <= each.items():
                    self._seen = position
                    return True
            return False

        wait_until(is_there, limit_s, f"trace has {wanted}")
