"""Timers on clocks that only a test moves: the keeper, a real database, and no waiting."""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from myna.conversation.events import Event, RingAsked
from myna.health import Health
from myna.timers.keeper import Keeper
from myna.timers.plan import Moment
from myna.timers.rings import Record
from myna.timers.settings import TimerSettings
from myna.timers.store import Store
from myna.trace import EventName, Trace

BERLIN: Final = ZoneInfo("Europe/Berlin")

NOON: Final = Moment(
    wall_s=datetime(2026, 11, 26, 11, tzinfo=UTC).timestamp(),
    boot_s=100_000.0,
    boot_id="boot 1",
    zone=BERLIN,
    is_sure=True,
)
"""A Thursday, noon in Berlin."""


def at(local: datetime, zone: tzinfo = BERLIN, **changes: object) -> Moment:
    """Return the moment of a local time; `changes` replace other fields of `NOON`."""
    wall_s = local.replace(tzinfo=zone).timestamp()
    return replace(NOON, wall_s=wall_s, zone=zone, **changes)  # type: ignore[arg-type]


def later(now: Moment, seconds: float) -> Moment:
    """Return the moment `seconds` after `now`, with nobody touching a clock."""
    return replace(now, wall_s=now.wall_s + seconds, boot_s=now.boot_s + seconds)


_TICK_S: Final = 1e-6
"""The least that a wait lasts: sums of seconds may miss a moment by a hair."""


class World:
    """The clocks, which stand still unless the event loop waits.

    Attributes:
        moment: What they say.
        hung: Set while the disk hangs; time then goes on meanwhile.
    """

    def __init__(self, moment: Moment = NOON) -> None:
        self.moment = moment
        self.hung = threading.Event()

    def now(self) -> Moment:
        """Return what all clocks say now."""
        return self.moment

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.moment = later(self.moment, seconds)

    def set_wall(self, local: datetime) -> None:
        """Set the wall clock, as somebody or a time server does."""
        self.moment = replace(self.moment, wall_s=at(local, self.moment.zone).wall_s)

    def set(self, **changes: object) -> None:
        """Change other things about the clocks."""
        self.moment = replace(self.moment, **changes)  # type: ignore[arg-type]


class _Selector(selectors.DefaultSelector):
    """Lets time pass instead of waiting, except for threads."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.threads = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for threads in real time, for everything else in the world's."""
        is_waiting = timeout is None or timeout > 0
        if is_waiting and self.threads and not self.world.hung.is_set():
            return super().select(5.0)
        ready = super().select(0)
        if not ready and timeout:
            self.world.advance(max(timeout, _TICK_S))
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, world: World) -> None:
        self._world = world
        self._waiting = _Selector(world)
        super().__init__(self._waiting)

    def time(self) -> float:
        return self._world.moment.boot_s

    def run_in_executor(self, *words: Any) -> asyncio.Future[Any]:  # type: ignore[override]  # noqa: ANN401
        future: asyncio.Future[Any] = super().run_in_executor(*words)
        self._waiting.threads += 1
        future.add_done_callback(lambda _future: self._end_thread())
        return future

    async def shutdown_default_executor(self, *words: Any) -> None:  # noqa: ANN401
        # From Python 3.12 on its patience is a timeout, which must not pass in no time.
        self._waiting.threads += 1
        try:
            await super().shutdown_default_executor(*words)
        finally:
            self._end_thread()

    def _end_thread(self) -> None:
        self._waiting.threads -= 1


class HangingStore(Store):
    """A database on a disk that can hang."""

    def __init__(self, folder: Path, world: World) -> None:
        super().__init__(folder)
        self._world = world
        self.released = threading.Event()

    def save(self, record: Record) -> None:
        """Bring it to the disk, once that answers."""
        if self._world.hung.is_set():
            self.released.wait(10)
        super().save(record)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was told, and when.

    Attributes:
        after_s: Seconds since the beginning of the story.
        what: A line of the trace, or an event for the conversation.
    """

    after_s: float
    what: Any


class Stage:
    """A keeper between its disk and a conversation that only listens."""

    def __init__(self, folder: Path, world: World, settings: TimerSettings) -> None:
        self.world = world
        self.store = HangingStore(folder, world)
        trace = Trace()
        trace.subscribe(self._note)
        self.health = Health(trace)
        self.keeper = Keeper(self.store, world, settings, self.health, trace)
        self.keeper.connect(lambda event: self._posted.append(self._told(event)))
        self._began_s = world.moment.boot_s
        self._lines: list[Told] = []
        self._posted: list[Told] = []

    def _told(self, what: object) -> Told:
        return Told(round(self.world.moment.boot_s - self._began_s, 3), what)

    def _note(self, _t: float, event: EventName, fields: Mapping[str, object]) -> None:
        self._lines.append(self._told({"event": event, **fields}))

    def lines(self, *events: EventName) -> list[dict[str, Any]]:
        """Return the lines of the trace, those of `events` only if any are given."""
        return [line.what for line in self._lines if not events or line.what["event"] in events]

    def times(self, event: EventName) -> list[float]:
        """Return when `event` was traced, in seconds since the beginning."""
        return [line.after_s for line in self._lines if line.what["event"] == event]

    @property
    def posted(self) -> list[Event]:
        """What the conversation was told."""
        return [told.what for told in self._posted]

    @property
    def asked(self) -> list[str]:
        """Return the labels of the rings that were asked for."""
        return [event.label for event in self.posted if isinstance(event, RingAsked)]

    def stop(self, *, is_snoozed: bool = False) -> None:
        """Stop everything that was asked to ring, as the conversation does."""
        rings = tuple(event.ring for event in self.posted if isinstance(event, RingAsked))
        self.keeper.note_stopped(rings, is_snoozed=is_snoozed)


def play(
    folder: Path,
    story: Callable[[Stage], Awaitable[None]],
    world: World | None = None,
    settings: TimerSettings | None = None,
) -> Stage:
    """Run a keeper while `story` is told; hours of it take milliseconds.

    Args:
        folder: Where the database is.
        story: Sleeps on the world's clock.
        world: The clocks; as they were left by the last story, if it is the same.
        settings: How timers ring.
    """
    clocks = world or World()

    async def run() -> Stage:
        stage = Stage(folder, clocks, settings or TimerSettings())
        async with stage.keeper:
            running = asyncio.create_task(stage.keeper.run())
            await asyncio.sleep(0)
            try:
                await story(stage)
            finally:
                running.cancel()
                await asyncio.wait([running])
        if not running.cancelled():
            running.result()
        return stage

    with asyncio.Runner(loop_factory=lambda: _Loop(clocks)) as runner:
        return runner.run(run())
