"""The task that keeps timers and rings them: the shell around the book.

Lives in the event loop; nothing here waits for the network, and the disk is written in a
thread. Nothing runs while nothing is set.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Any, Final

from myna.conversation.events import Event, RingAsked, RingOver, SayAsked
from myna.health import Health
from myna.timers.book import Book
from myna.timers.clocks import Clocks
from myna.timers.plan import Entry, Kind, Moment, When, due_in_s, is_clock_awaited
from myna.timers.rings import Record, Ring
from myna.timers.saver import Saver
from myna.timers.settings import TimerSettings
from myna.timers.store import Store
from myna.timers.words import listing
from myna.trace import EventName, Trace

RING_WAIT_S: Final = 0.5
"""How long a ring waits for the disk: one that hangs must not silence an alarm."""

ANSWER_WAIT_S: Final = 5.0
"""How long whoever sets a timer waits for the disk; SD cards stall for seconds."""

UNSURE: Final = (
    "no time server has set it since the boot, so alarms may ring at a wrong time: see that there "
    "is a network and that `timedatectl` calls the clock synchronized; if it is right without a "
    "time server, set timers.trust_clock = true"
)

log = logging.getLogger(__name__)


class Keeper:
    """Keeps timers and rings them.

    Args:
        store: Where they survive a restart.
        clocks: The time.
        settings: How they ring.
        health: Told while they cannot be kept, or the clock cannot be trusted.
        trace: Notes what they do.
    """

    def __init__(
        self, store: Store, clocks: Clocks, settings: TimerSettings, health: Health, trace: Trace
    ) -> None:
        self._clocks = clocks
        self._settings = settings
        self._health = health
        self._trace = trace
        self._book = Book(Record(), settings)
        self._saver = Saver(store, health, lambda: self._book.record, lambda: clocks.now().boot_s)
        self._settling: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._post: Callable[[Event], None] = lambda _event: None
        self._tell_missed: Callable[[], None] = lambda: None

    def connect(self, post: Callable[[Event], None]) -> None:
        """Name who is told that something is due: the conversation."""
        self._post = post

    def watch_missed(self, listener: Callable[[], None]) -> None:
        """Call `listener` when something was due while the speaker was off, too long ago."""
        self._tell_missed = listener

    async def __aenter__(self) -> Keeper:
        """Read what was set before."""
        self._book = Book(await self._saver.load(), self._settings)
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._settling:
            await asyncio.wait(self._settling)
        await self._saver.close(ANSWER_WAIT_S)

    async def run(self) -> None:
        """Ring whatever is due, for ever."""
        while True:
            self._changed.clear()
            await self._look()
            pause_s = self._book.next_look_s(self._clocks.now())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._changed.wait()

    # --- asked --------------------------------------------------------------------

    @property
    def book(self) -> Book:
        """What is set and what rings; only to be read."""
        return self._book

    def count(self) -> int:
        """Return how many are set."""
        return len(self._book.entries)

    def now(self) -> Moment:
        """Return what all clocks say now."""
        return self._clocks.now()

    def listing(self) -> dict[str, Any]:
        """Return all that there is to tell; what was missed counts as told."""
        self.take_untold()
        return listing(self._book, self.now())

    def take_untold(self) -> tuple[Ring, ...]:
        """Return what the user does not know yet; from now on it counts as told."""
        untold = self._book.untold()
        self._book.note_told(untold)
        self._changed.set()
        return untold

    async def add(self, kind: Kind, name: str, when: When, text: str = "") -> tuple[Entry, bool]:
        """Set one; return it, and whether a restart will remember it.

        Cancelled meanwhile, it is as if nothing had been asked.
        """
        entry = self._book.add(kind, name, when, text)
        try:
            is_kept = await self._saver.keep(ANSWER_WAIT_S)
        except asyncio.CancelledError:
            self._book.remove([entry])
            self._changed.set()
            raise
        self._note_set(entry)
        return entry, is_kept

    async def cancel(self, entries: Collection[Entry]) -> bool:
        """Cancel them; return whether a restart will remember that."""
        self._book.remove(entries)
        for entry in entries:
            self._trace.emit("timer_cancelled", name=entry.name)
        self._changed.set()
        return await self._saver.keep(ANSWER_WAIT_S)

    async def snooze(self, duration_s: float | None = None) -> tuple[Entry, ...]:
        """Let what rings, or rang last, ring again after a while; return what is set for it."""
        now = self.now()
        rings = self._book.snoozable(now)
        ringing = [ring for ring in rings if ring.outcome == "ringing"]
        entries = self._book.snooze(rings, duration_s or self._settings.snooze_s, now)
        for ring in ringing:
            self._post(RingOver(ring.id))
        await self._settle("timer_snoozed", rings, entries)
        return entries

    def note_stopped(self, rings: tuple[int, ...], *, is_snoozed: bool) -> None:
        """Take note that somebody has stopped `rings`; never blocks."""
        now = self.now()
        ringing = [ring for ring in self._book.ringing if ring.id in rings]
        if is_snoozed:
            entries = self._book.snooze(ringing, self._settings.snooze_s, now)
            settling = self._settle("timer_snoozed", ringing, entries)
        else:
            self._book.stop(rings, now)
            settling = self._settle("timer_stopped", ringing)
            text = " ".join(ring.text for ring in ringing if ring.text)
            if text:
                self._post(SayAsked(text))
        task = asyncio.create_task(settling, name="timers stopped")
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _settle(
        self, event: EventName, rings: Collection[Ring], entries: Collection[Entry] = ()
    ) -> None:
        """Bring to the disk, and then tell, what became of rings that somebody has stopped."""
        await self._saver.keep(ANSWER_WAIT_S)
        for ring in rings:
            self._trace.emit(event, name=ring.name)
        for entry in entries:
            self._note_set(entry)
        self._changed.set()

    def _note_set(self, entry: Entry) -> None:
        due_s = round(due_in_s(entry.when, self.now()), 3)
        self._trace.emit("timer_set", name=entry.name, due_s=due_s)
        self._changed.set()

    # --- ringing ------------------------------------------------------------------

    async def _look(self) -> None:
        now = self.now()
        found = self._book.look(now)
        self._note_clock(now)
        if found.is_news or self._saver.is_due:
            await self._saver.keep(RING_WAIT_S)
        for ring, late_s in found.rang:
            waited_s = self.now().boot_s - now.boot_s
            self._trace.emit("timer_rang", name=ring.name, late_ms=_ms(late_s + waited_s))
            log.info("%s %s is due", ring.kind, ring.name)
        for ring in found.resumed:
            self._trace.emit("timer_resumed", name=ring.name)
        for ring in (*found.resumed, *(ring for ring, _ in found.rang)):
            if ring in self._book.ringing:  # else somebody has been faster than the disk
                self._post(RingAsked(ring.name, ring.id))
        for ring in found.unanswered:
            self._trace.emit("timer_unanswered", name=ring.name)
            self._post(RingOver(ring.id))
        for ring in found.missed:
            self._trace.emit("timer_missed", name=ring.name)
            log.warning("%s %s was missed: it was due too long ago", ring.kind, ring.name)
            self._tell_missed()

    def _note_clock(self, now: Moment) -> None:
        is_needed = self._book.needs_wall_clock(now)
        if is_needed and not now.is_sure and not is_clock_awaited(now):
            self._health.degrade("clock", UNSURE)
        elif now.is_sure or not is_needed:
            self._health.recover("clock")


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
