"""What is owed to players, over the end of the daemon: `music.json` in the state directory.

It is written before anything is done to a player, so that kill -9 at any moment leaves
the volume as it was or says how it was. It reaches the disk later (`sync`): the card may
take a fifth of a second for that, and the user is speaking.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from math import inf
from pathlib import Path
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from myna.disk import sync_folder
from myna.health import Health
from myna.music.ducking import Debt
from myna.music.player import Look

log = logging.getLogger(__name__)

FILE: Final = "music.json"
LIMIT_BYTES: Final = 64 * 1024
"""A debt is 100 bytes, and there are a few players at most."""

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds.

    Attributes:
        boot: In which life of the machine it was written.
        at_s: When, since the machine's start (CLOCK_BOOTTIME: no clock that is set).
        debts: What is owed.
    """

    boot: str
    at_s: float
    debts: tuple[Debt, ...]


class Store(Protocol):
    """Where debts outlive the daemon; everything here blocks, and raises `OSError`."""

    def load(self) -> tuple[dict[str, Debt], float]:
        """Return what is owed, by player, and for how many seconds."""
        ...

    def save(self, debts: Mapping[str, Debt]) -> None:
        """Replace it, so that the end of this process changes nothing any more."""
        ...

    def sync(self) -> None:
        """Make it outlive a power cut, too."""
        ...


class DebtStore:
    """`music.json` in a folder; everything here blocks.

    Args:
        folder: Created when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def load(self) -> tuple[dict[str, Debt], float]:
        """Return what is owed, by player, and for how many seconds; a broken file owes nothing."""
        try:
            with self.path.open("rb") as file:
                record = msgspec.json.decode(file.read(LIMIT_BYTES), type=Record)
        except FileNotFoundError:
            return {}, 0.0
        except (OSError, ValueError) as error:
            log.warning("%s: %s: music that was ducked may stay so", self.path, error)
            return {}, 0.0
        age_s = _now_s() - record.at_s if record.boot == _boot() else inf
        return {debt.player: debt for debt in record.debts}, age_s

    def save(self, debts: Mapping[str, Debt]) -> None:
        """Replace the file (rename(2): there is the old one or the new one at every moment).

        Raises:
            OSError: It cannot be written.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not debts:
            self.path.unlink(missing_ok=True)
            return
        fresh = self.path.with_name(f"{FILE}.tmp")
        fresh.unlink(missing_ok=True)
        record = Record(_boot(), _now_s(), tuple(debts.values()))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(fresh, flags, 0o600), "wb") as file:  # noqa: PTH123 - of a descriptor
            file.write(msgspec.json.encode(record))
        fresh.replace(self.path)

    def sync(self) -> None:
        """Bring the last file, or that there is none, down to the disk.

        Raises:
            OSError: It cannot be done.
        """
        try:
            with self.path.open("rb") as file:
                os.fsync(file.fileno())
        except FileNotFoundError:
            pass
        sync_folder(self.path.parent)


class Debts:
    """What is owed now; lives in the event loop.

    A disk that takes nothing is no reason to talk over loud music: then a crash may leave
    it low, and that is said.

    Args:
        store: Keeps it.
        health: Told when it cannot be kept.
        in_thread: Runs what blocks.

    Attributes:
        age_s: For how many seconds what a former life of the daemon owed has been due.
    """

    def __init__(
        self,
        store: Store,
        health: Health,
        in_thread: Callable[[Callable[[], None]], Awaitable[None]] = asyncio.to_thread,
    ) -> None:
        self._store = store
        self._health = health
        self._in_thread = in_thread
        self._is_new = False
        self._debts, self.age_s = store.load()

    def __bool__(self) -> bool:
        return bool(self._debts)

    def all(self) -> tuple[Debt, ...]:
        """Return what is owed."""
        return tuple(self._debts.values())

    def of(self, look: Look) -> Debt | None:
        """Return what is owed to a player."""
        return self._debts.get(look.player)

    async def owe(self, player: str, debt: Debt | None) -> None:
        """Owe `debt` to `player` from now on, and nothing else."""
        if debt == self._debts.get(player):
            return
        others = {key: other for key, other in self._debts.items() if key != player}
        self._debts = others if debt is None else {**others, player: debt}
        self._is_new = True
        await self._keep(lambda: self._store.save(self._debts))

    async def sync(self) -> None:
        """Bring what is new down to the disk, at leisure."""
        if self._is_new:
            self._is_new = False
            await self._keep(self._store.sync)

    async def _keep(self, keep: Callable[[], None]) -> None:
        try:
            await self._in_thread(keep)
        except OSError as error:
            why = f"a crash may leave the music low: {error}: check state.dir"
            self._health.degrade("music memory", why)
        else:
            self._health.recover("music memory")


def _boot() -> str:
    return BOOT_ID.read_text("ascii").strip()


def _now_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
