"""Tells systemd that the speaker lives, as long as it does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from myna.audio.pulse import Pulse
from myna.health import Health
from myna.notify import Notifier
from myna.service.vitality import ailment

log = logging.getLogger(__name__)


class Watchdog:
    """Feeds systemd's watchdog from the event loop.

    Args:
        notifier: The line to systemd.
        pulses: The threads that must move, by the names of their parts.
        health: Knows which parts are missing anyway.
    """

    def __init__(
        self, notifier: Notifier, pulses: Mapping[str, Callable[[], Pulse]], health: Health
    ) -> None:
        self._notifier = notifier
        self._pulses = pulses
        self._health = health
        self._told: str | None = None

    async def run(self) -> None:
        """Feed it for ever; at once come to nothing where nobody waits for it."""
        interval_s = self._notifier.watchdog_interval_s
        if interval_s is None:
            return
        clock, before = asyncio.get_running_loop().time, self._look()
        while True:
            due_s = clock() + interval_s
            await asyncio.sleep(interval_s)
            now = self._look()
            self._judge(ailment(before, now, clock() - due_s, self._health.troubles))
            before = now

    def _look(self) -> dict[str, Pulse]:
        return {part: look() for part, look in self._pulses.items()}

    def _judge(self, why: str | None) -> None:
        if why is None:
            self._notifier.watchdog()
        elif why != self._told:
            log.error("%s: systemd starts the speaker anew unless that ends soon", why)
        self._told = why
