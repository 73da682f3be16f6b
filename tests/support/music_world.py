"""A room with music, people who touch it, and a daemon that comes and goes; all of it simulated.

For what must hold whatever happens. Time is virtual; each look, deed and write takes some
of it, so that the daemon can be ended between any two of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from myna.conversation.states import Idle, State
from myna.errors import PlayerError
from myna.health import Health
from myna.music.debts import Debts
from myna.music.ducking import Debt, Rules
from myna.music.music import Music
from myna.music.player import Deed, Look, Pause, Play, SetPercent, Stop
from myna.music.reach import Reach
from myna.trace import Trace

Temper = Literal["exact", "rounding", "deaf", "refusing", "none"]
"""What a player makes of a volume."""

STEP_S = 0.004
QUICKEST_S = 0.06
"""Longer than the daemon's longest pause between a look and the next step."""

PATIENCE_S = 1.2
"""Nobody changes their mind sooner; longer than the daemon looks away."""


@dataclass(slots=True)
class Record:
    """One player, and how its listeners want it."""

    temper: Temper = "exact"
    keeps_state: bool = True
    wanted: Literal["playing", "paused", "stopped"] = "playing"
    wanted_percent: float | None = 100.0
    look: Look = field(init=False)
    is_there: bool = True
    is_hanging: bool = False
    lives: int = 0

    def __post_init__(self) -> None:
        if self.temper == "none" or self.wanted_percent is None:
            self.wanted_percent = None
        else:
            self.wanted_percent = self.rounded(self.wanted_percent)
        self.look = Look("box", "box 0", self.wanted, self.wanted_percent)

    def rounded(self, percent: float) -> float:
        """Return what this player makes of a volume."""
        return 4.0 * round(percent / 4) if self.temper == "rounding" else percent


class Disk:
    """What outlives the daemon."""

    def __init__(self) -> None:
        self.debts: dict[str, Debt] = {}

    def load(self) -> tuple[dict[str, Debt], float]:
        """Return what is owed; it was written just now."""
        return dict(self.debts), 0.0

    def save(self, debts: Mapping[str, Debt]) -> None:
        """Keep it."""
        self.debts = dict(debts)

    def sync(self) -> None:
        """Need nothing more."""


class Life:
    """One life of the daemon: its player driver and its disk, cut off when it is killed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.is_over = False
        self.last_step_s = 0.0
        self.looks = 0
        health = Health(world.trace)
        debts = Debts(world.disk, health, self._write)
        reach = Reach(self, health, world.trace)
        self.health = health
        self.music = Music(reach, world.rules, debts, asyncio.get_running_loop().time)
        self.state: State = Idle()
        self.task = asyncio.create_task(self.music.run())

    label = "the box"

    async def look(self) -> Sequence[Look]:
        """Look at the box."""
        self.looks += 1
        await self._step(self._world.box.is_hanging)
        box = self._world.box
        if not box.is_there and box.keeps_state:
            raise PlayerError("nobody there", is_away=True)
        return [box.look] if box.is_there else []

    async def act(self, player: str, deed: Deed) -> None:
        """Do it to the box."""
        await self._step(self._world.box.is_hanging)
        self._world.take(player, deed)

    async def _write(self, write: Callable[[], None]) -> None:
        await self._step()
        write()

    async def _step(self, is_hanging: bool = False) -> None:
        self.last_step_s = asyncio.get_running_loop().time()
        await asyncio.sleep(STEP_S)
        if self.is_over or is_hanging:
            await asyncio.Event().wait()


class World:
    """The room.

    Args:
        box: The player in it.
        rules: Of the daemon.
    """

    def __init__(self, box: Record, rules: Rules) -> None:
        self.box = box
        self.rules = rules
        self.disk = Disk()
        self.trace = Trace(None)
        self.started_unasked = False
        self.began_at: float | None = None
        self.life = Life(self)
        self._lives = [self.life]
        self._touched_s = 0.0

    # --- the conversation and the daemon ---

    def turn(self, state: State) -> None:
        """Let the conversation come to `state`."""
        before, self.life.state = self.life.state, state
        self.life.music.note(before, state)

    def kill(self) -> None:
        """End the daemon as kill -9 does, and start the next one."""
        self.life.is_over = True
        self._begin()

    async def restart(self) -> None:
        """End the daemon as SIGTERM does, and start the next one."""
        self.life.task.cancel()
        await asyncio.wait([self.life.task])
        self.life.is_over = True
        self._begin()

    async def end(self) -> None:
        """End whatever still runs."""
        for life in self._lives:
            life.task.cancel()
        await asyncio.wait([life.task for life in self._lives])

    def _begin(self) -> None:
        self.life = Life(self)
        self._lives.append(self.life)

    # --- people ---

    async def by_hand(self, deed: Deed) -> None:
        """Touch the player, if it is there; pausing what is paused is no deed.

        Not in the very milliseconds between a look of the daemon's and what follows from
        it: no player has a deed that depends on how it stands.
        """
        box = self.box
        clock = asyncio.get_running_loop().time
        while clock() - self.life.last_step_s < QUICKEST_S:  # noqa: ASYNC110 - time is virtual
            await asyncio.sleep(STEP_S)
        await asyncio.sleep(self._touched_s + PATIENCE_S - clock())
        self._touched_s = clock()
        if not box.is_there or box.is_hanging:
            return
        self._touch(deed)

    def _touch(self, deed: Deed) -> None:
        box = self.box
        match deed:
            case SetPercent(percent) if box.look.percent is not None:
                box.wanted_percent = box.rounded(percent)
                self._set(percent=box.wanted_percent)
            case Play():
                box.wanted = "playing"
                self._set(status="playing")
            case Pause() if box.look.is_playing:
                box.wanted = "paused"
                self._set(status="paused")
            case Stop():
                box.wanted = "stopped"
                self._set(status="stopped")

    async def by_voice(self, deed: Deed) -> None:
        """Ask the daemon for it, where the player answers."""
        box = self.box
        if not box.is_there or box.is_hanging:
            return
        if isinstance(deed, Play):
            box.wanted = "playing"
        with suppress(PlayerError):
            await self.life.music.act(deed)
        match deed:
            case SetPercent(percent) if box.temper in ("exact", "rounding"):
                box.wanted_percent = box.rounded(percent)
            case Pause() if box.wanted == "playing":
                box.wanted = "paused"

    # --- the player ---

    def take(self, player: str, deed: Deed) -> None:
        """Obey the daemon."""
        box = self.box
        if not box.is_there or player != box.look.player:
            raise PlayerError("gone", is_away=False)
        match deed:
            case SetPercent(percent):
                if box.temper == "refusing":
                    raise PlayerError("read only", is_away=False)
                if box.temper in ("exact", "rounding"):
                    self._set(percent=box.rounded(percent))
            case Play():
                self.started_unasked |= box.wanted != "playing"
                self._set(status="playing")
                self.began_at = box.look.percent
            case Pause() if box.look.is_playing:
                self._set(status="paused")

    def die(self) -> None:
        """Let the player end; MPD keeps what it did, others only how loud they were."""
        self.box.is_there = False
        self.box.is_hanging = False

    def come_back(self) -> None:
        """Let it start again."""
        box = self.box
        if box.is_there:
            return
        box.is_there = True
        if not box.keeps_state:
            box.lives += 1
            box.wanted = "stopped"
            self._set(status="stopped", player=f"box {box.lives}")

    def _set(self, **changes: object) -> None:
        self.box.look = replace(self.box.look, **changes)  # type: ignore[arg-type]
