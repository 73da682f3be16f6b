"""Brings the book to the disk in a thread, and goes on without a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from myna.errors import TimerStoreError
from myna.health import Health
from myna.timers.rings import Record
from myna.timers.store import Store

RETRY_S: Final = 60.0
"""How long after a failure the disk is tried again, if nothing has changed."""


class Saver:
    """Keeps a record that changes; lives in the event loop.

    Args:
        store: Where it is kept; one thread at a time works with it.
        health: Told while it cannot be kept.
        record: What is to be kept, as it is now.
        now_s: Seconds since boot.
    """

    def __init__(
        self,
        store: Store,
        health: Health,
        record: Callable[[], Record],
        now_s: Callable[[], float],
    ) -> None:
        self._store = store
        self._health = health
        self._record = record
        self._now_s = now_s
        self._saved: Record | None = None
        self._is_kept = True
        self._retry_at_s = 0.0
        self._saving: asyncio.Task[None] | None = None

    @property
    def is_due(self) -> bool:
        """Whether there is something to save, and no reason to wait with it."""
        return self._record() != self._saved and self._now_s() >= self._retry_at_s

    async def load(self) -> Record:
        """Return what was kept."""
        record = Record()
        try:
            record = await asyncio.to_thread(self._store.load)
        except TimerStoreError as error:
            self._health.degrade("timers", str(error))
        if self._store.loss is None:
            self._saved = record
        self._note_loss()
        return record

    async def keep(self, limit_s: float) -> bool:
        """Bring the record to the disk; return whether it got there within `limit_s`."""
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save(), name="timers saved")
        await asyncio.wait([self._saving], timeout=limit_s)
        return self._saving.done() and self._is_kept

    async def close(self, limit_s: float) -> None:
        """Save what is not saved yet, and let go of the disk if it does not hang."""
        await self.keep(limit_s)
        if self._saving is None or self._saving.done():
            await asyncio.to_thread(self._store.close)

    async def _save(self) -> None:
        while (record := self._record()) != self._saved:
            try:
                await asyncio.to_thread(self._store.save, record)
            except TimerStoreError as error:
                self._retry_at_s = self._now_s() + RETRY_S
                self._health.degrade("timers", str(error))
                self._is_kept = False
                return
            self._saved = record
            self._is_kept = True
            self._health.recover("timers")
            self._note_loss()

    def _note_loss(self) -> None:
        if self._store.loss is not None:
            self._health.degrade("lost timers", self._store.loss)
