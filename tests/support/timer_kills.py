"""A daemon with timers that is killed again and again, and an account of every ring.

Each life of it sets timers and alarms, stops some rings, and is killed with SIGKILL at a
random moment, often in the milliseconds around a ring or a command. Every life writes a
trace of its own; `Account.judge` holds all of them against what had been set.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from myna.control.client import ask
from myna.control.messages import Call, Request, Stop
from myna.errors import MynaError
from support.cli import LIMIT_S, Home, simulated

LATE_S: Final = 1.0
LONGEST_S: Final = 2.5
DEATHS_S: Final = 0.03
"""How far around a moment of interest the kill is aimed."""

_RINGS: Final = ("timer_rang", "timer_resumed")


@dataclass(frozen=True, slots=True)
class Asked:
    """One that was set.

    Attributes:
        name: Its name.
        earliest_s: When it may ring at the earliest, on the monotonic clock.
        latest_s: When it should have begun to ring.
        is_sure: Whether the daemon had said that it is set before it was killed.
    """

    name: str
    earliest_s: float
    latest_s: float
    is_sure: bool


@dataclass(slots=True)
class Account:
    """What was asked, and what the traces of all lives say.

    Attributes:
        asked: Everything that was set, or may have been.
        lives: The trace of each life.
    """

    asked: list[Asked] = field(default_factory=list)
    lives: list[list[dict[str, Any]]] = field(default_factory=list)

    def judge(self) -> list[str]:
        """Return everything that went wrong."""
        return [problem for asked in self.asked for problem in self._problems(asked)]

    def _problems(self, asked: Asked) -> list[str]:
        lines = [
            {**line, "ready": life[0]["ready"]}
            for life in self.lives
            for line in life
            if line.get("name") == asked.name
        ]
        rings = [line for line in lines if line["event"] in _RINGS]
        rang = [line for line in rings if line["event"] == "timer_rang"]
        problems = []
        if not rings and asked.is_sure:
            problems.append(f"{asked.name} was lost")
        if len(rang) > 1:
            problems.append(f"{asked.name} rang {len(rang)} times")
        for line in rings[:1]:
            problems += _times(asked, line)
        stops = [line["t"] for line in lines if line["event"] == "timer_stopped"]
        if stops and any(line["t"] > stops[0] for line in rings):
            problems.append(f"{asked.name} rang again after it was stopped")
        return problems


def _times(asked: Asked, line: dict[str, Any]) -> list[str]:
    """Judge when the first ring of one began."""
    latest_s = max(asked.latest_s, line["ready"]) + LATE_S
    if line["t"] < asked.earliest_s - 0.05:
        return [f"{asked.name} rang {asked.earliest_s - line['t']:.2f} s early"]
    if line["t"] > latest_s:
        return [f"{asked.name} rang {line['t'] - latest_s + LATE_S:.2f} s late"]
    return []


class Killer:
    """Brings lives about, and to their ends.

    Args:
        folder: Where the speaker is at home.
        seed: Of all chance.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        # The very sources that this process tests.
        self._home = Home(folder, {"PYTHONPATH": ":".join(filter(None, sys.path))})
        self._home.config.write_text(simulated(folder))
        self._socket = folder / "control.sock"
        self._chance = random.Random(seed)  # noqa: S311 - a test that can be repeated
        self._set = 0
        self._doomed: asyncio.Task[None] | None = None
        self.account = Account()

    async def live(self, *, until_quiet: bool = False) -> None:
        """Live once: set some, stop some, and be killed; or wait until all have rung."""
        trace = self._home.folder / f"trace {len(self.account.lives)}.jsonl"
        trace.touch()
        process = await self._home.start("run", "--trace", str(trace), "--set", "log.level='error'")
        try:
            ready_s = await _until_ready(trace)
            if until_quiet:
                await asyncio.sleep(max(0.0, self._last_s() - time.monotonic()) + LATE_S)
            else:
                await self._busy_life()
        finally:
            process.kill()
            await process.communicate()
            if self._doomed is not None:
                await self._doomed
        lines = [{"event": "life", "ready": ready_s}, *_lines(trace)]
        self.account.lives.append(lines)

    async def _busy_life(self) -> None:
        began_s = time.monotonic()
        for _ in range(self._chance.randint(1, 3)):
            await self._set_one()
        ending = asyncio.create_task(asyncio.sleep(self._life_s(began_s)))
        while not ending.done():
            await asyncio.wait([ending], timeout=self._chance.uniform(0.2, 2.0))
            if not ending.done() and self._chance.random() < 0.5:
                await self._ask(Stop())
        if self._chance.random() < 0.4:  # die in the midst of a command
            self._doomed = asyncio.create_task(self._set_one())
            await asyncio.wait([self._doomed], timeout=self._chance.uniform(0, DEATHS_S))

    def _life_s(self, began_s: float) -> float:
        """Return how long to live: until around the moment of some ring, mostly."""
        asked = [each for each in self.account.asked if each.is_sure]
        rings = [each.latest_s for each in asked if each.latest_s > began_s]
        if rings and self._chance.random() < 0.7:
            moment_s = self._chance.choice(rings) + self._chance.uniform(-DEATHS_S, DEATHS_S)
        else:
            moment_s = began_s + self._chance.uniform(0, LONGEST_S)
        return max(0.0, moment_s - time.monotonic())

    async def _set_one(self) -> None:
        self._set += 1
        name = f"number {self._set}"
        seconds = round(self._chance.uniform(1.2, LONGEST_S), 3)
        call = Call("set_timer", {"duration_s": seconds, "name": name})
        asked_s = time.monotonic()
        if self._chance.random() < 0.3:
            call, seconds = _alarm(name, seconds)
        place = len(self.account.asked)
        self.account.asked.append(Asked(name, asked_s + seconds - 1, asked_s + 30, is_sure=False))
        if await self._ask(call):
            answered_s = time.monotonic()
            earliest_s = asked_s + seconds - 0.05
            asked = Asked(name, earliest_s, answered_s + seconds + 0.05, is_sure=True)
            self.account.asked[place] = asked

    async def _ask(self, request: Request) -> bool:
        try:
            await asyncio.to_thread(ask, self._socket, request)
        except MynaError:
            return False
        return True

    def _last_s(self) -> float:
        return max((each.latest_s for each in self.account.asked if each.is_sure), default=0.0)


def _alarm(name: str, seconds: float) -> tuple[Call, float]:
    """Return the call for an alarm at a whole second, and in how many seconds that is."""
    now = datetime.now().astimezone()
    due = (now + timedelta(seconds=seconds + 1)).replace(microsecond=0)
    arguments = {"time": due.isoformat(), "name": name}
    return Call("set_alarm", arguments), (due - now).total_seconds()


async def _until_ready(trace: Path) -> float:
    async with asyncio.timeout(LIMIT_S):
        while True:
            for line in _lines(trace):
                if line["event"] == "ready":
                    return float(line["t"])
            await asyncio.sleep(0.02)  # the kernel tells nobody that a file has grown


def _lines(trace: Path) -> list[dict[str, Any]]:
    """Return the lines; the last one may have been cut off by the kill."""
    found = []
    for line in trace.read_text().splitlines():
        with contextlib.suppress(json.JSONDecodeError):
            found.append(json.loads(line))
    return found


async def killed(folder: Path, rounds: int, seed: int) -> Account:
    """Kill a daemon `rounds` times, let it live once more, and return the account."""
    killer = Killer(folder, seed)
    for _ in range(rounds):
        await killer.live()
    await killer.live(until_quiet=True)
    return killer.account
