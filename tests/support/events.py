"""Where threads under test post their events."""

from __future__ import annotations

import queue
from typing import Generic, TypeVar

T = TypeVar("T")
E = TypeVar("E")


class Inbox(Generic[T]):
    """Takes events from any thread; a test waits for the ones that it wants."""

    def __init__(self) -> None:
        self._queue: queue.Queue[T] = queue.Queue()
        self.seen: list[T] = []

    def post(self, event: T) -> None:
        """Take an event."""
        self._queue.put(event)

    def wait(self, kind: type[E], timeout_s: float = 5.0) -> E:
        """Return the next event of `kind`; those before it are in `seen`."""
        while True:
            event = self._queue.get(timeout=timeout_s)
            self.seen.append(event)
            if isinstance(event, kind):
                return event

    def count(self, kind: type[object]) -> int:
        """How many events of `kind` have come so far."""
        while not self._queue.empty():
            self.seen.append(self._queue.get())
        return sum(isinstance(event, kind) for event in self.seen)
