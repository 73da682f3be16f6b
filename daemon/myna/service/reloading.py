"""`systemctl reload`: a changed configuration, without dropping a conversation.

The file is read and checked at once, and systemd is told what came of it; what is good is
put in force as soon as nobody talks. What cannot be put in force stays as it was, and is
named until the restart that it needs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from myna.assistant import Assistant
from myna.building.changing import Appliers
from myna.config import Config
from myna.errors import ConfigError
from myna.health import Health
from myna.notify import Notifier
from myna.service.changes import applier_for, changed_keys
from myna.trace import Trace

PART: Final = "configuration"
RESTART: Final = "to put that in force: sudo systemctl restart myna"

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Reloading:
    """Takes up configurations; lives in the event loop.

    Attributes:
        config: The one at the start.
        read: Reads the one of now; blocks, and may raise ConfigError.
        appliers: Put parts of it in force.
        assistant: Knows whether somebody talks.
        trace: Notes what came of it.
        health: Told what is wrong with it, or needs a restart.
        notifier: The line to systemd.
    """

    config: Config
    read: Callable[[], Config]
    appliers: Appliers
    assistant: Assistant
    trace: Trace
    health: Health
    notifier: Notifier

    def __post_init__(self) -> None:
        """Nothing is asked yet."""
        self._in_force = self.config
        self._asked = asyncio.Event()
        self._waiting: asyncio.Task[None] | None = None

    @property
    def note(self) -> str | None:
        """What the status line is to say of it, if anything."""
        if self._waiting is None or self._waiting.done():
            return None
        return "the changed configuration waits for the end of this conversation"

    def ask(self) -> None:
        """Somebody has changed the configuration; on the event loop."""
        self._asked.set()

    def refuse(self, error: ConfigError) -> None:
        """Tell what is wrong with a configuration that was read; on the event loop."""
        for problem in error.problems:
            log.error("%s: %s", error.source, problem)
        first, *more = error.problems
        others = f" (and {len(more)} more)" if more else ""
        why = f"{error.source}: {first}{others}; what was good before stays in force"
        self.health.recover(PART)  # whatever was wrong with the one before
        self.health.degrade(PART, why)
        self.trace.emit("reloaded", outcome="refused")

    async def run(self) -> None:
        """Do as is asked, for ever."""
        try:
            while True:
                await self._asked.wait()
                self._asked.clear()
                self.notifier.reloading()
                await self._reload()
                self.notifier.ready()
        finally:
            self._give_up()

    async def _reload(self) -> None:
        self._give_up()
        try:
            config = await asyncio.to_thread(self.read)
        except ConfigError as error:
            self.refuse(error)
            return
        if self.assistant.is_at_rest:
            self._put_in_force(config)
        else:
            self._waiting = asyncio.create_task(self._wait_with(config), name="reload")
            self.trace.emit("reloaded", outcome="waits")

    async def _wait_with(self, config: Config) -> None:
        await self.assistant.until_at_rest()
        self._put_in_force(config)

    def _give_up(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()

    def _put_in_force(self, config: Config) -> None:
        changed = changed_keys(self._in_force, config)
        tables = {key: applier_for(key, self.appliers) for key in changed}
        for table in dict.fromkeys(table for table in tables.values() if table):
            self.appliers[table](config)
        self._in_force = config
        applied = [key for key, table in tables.items() if table]
        log.info(
            "configuration: in force now: %s", ", ".join(applied) or "nothing else than before"
        )
        self._name_rest(config)
        self.trace.emit("reloaded", outcome="in force", keys=applied)

    def _name_rest(self, config: Config) -> None:
        """Name the keys that only a restart puts in force."""
        keys = [
            key
            for key in changed_keys(self.config, config)
            if applier_for(key, self.appliers) is None
        ]
        self.health.recover(PART)
        if keys:
            self.health.degrade(PART, f"changed: {', '.join(keys)}; {RESTART}")
