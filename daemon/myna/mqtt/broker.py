"""The broker: connected for as long as it lets us, and again after that.

Lives in the event loop, and nobody waits for it there: what is told goes into the outbox,
what comes in goes to whoever listens for its topic.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from myna.errors import BrokerError
from myna.health import Health
from myna.line.backoff import delay
from myna.mqtt.access import Door, is_loopback
from myna.mqtt.outbox import Outbox
from myna.mqtt.pace import USUAL, Pace
from myna.mqtt.settings import MqttSettings
from myna.mqtt.topics import ONLINE, Topics

if TYPE_CHECKING:
    from myna.mqtt.client import Connection, Message

PART: Final = "mqtt"
READING: Final = "mqtt topics"
"""As which parts its troubles are in the book of health."""

_MISSING: Final = "aiomqtt is not installed; install it: sudo ./install.sh --with mqtt"

Listener = Callable[["Message"], Awaitable[None]]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Listeners:
    """Who listens where."""

    live: dict[str, list[Listener]] = field(default_factory=dict)
    kept: dict[str, list[Listener]] = field(default_factory=dict)

    def of(self, topic: str) -> Iterable[Listener]:
        return (*self.live.get(topic, ()), *self.kept.get(topic, ()))


class Broker:
    """The connection, whoever there is at its other end.

    Args:
        settings: Where it is; has a host.
        topics: Of this speaker.
        door: Opens it.
        health: Told when it is away, and when it is back.
        pace: How long it is waited for.
    """

    def __init__(
        self,
        settings: MqttSettings,
        topics: Topics,
        door: Door,
        health: Health,
        pace: Pace = USUAL,
    ) -> None:
        self._settings = settings
        self._topics = topics
        self._door = door
        self._health = health
        self._pace = pace
        self._listeners = _Listeners()
        self._outbox = Outbox()
        self._is_due = asyncio.Event()
        self._connection: Connection | None = None
        self.tell(topics.availability, ONLINE)

    @property
    def is_connected(self) -> bool:
        """Whether the broker is there."""
        return self._connection is not None

    def listen(self, topic: str, listener: Listener, *, wants_retained: bool) -> None:
        """Have `listener` told what comes in under `topic`; before `run`.

        Args:
            topic: No wildcard.
            listener: Must not wait for long: it holds up all that comes in.
            wants_retained: Whether it wants what the broker has kept from before; an old
                state is news, an old order is not.
        """
        listeners = self._listeners.kept if wants_retained else self._listeners.live
        listeners.setdefault(topic, []).append(listener)

    def tell(self, topic: str, value: str) -> None:
        """Have `value` published and retained, as soon as the broker is there."""
        self._outbox.put(topic, value)
        self._is_due.set()

    def tell_again(self, topic: str | None = None) -> None:
        """Have the last value of `topic`, or everything, published once more."""
        if topic is None:
            self._outbox.repeat_all()
        else:
            self._outbox.repeat(topic)
        self._is_due.set()

    async def send(self, topic: str, payload: str, *, retain: bool) -> None:
        """Publish now or not at all, and wait until the broker has it.

        Raises:
            BrokerError: It is away, or gave no answer in time.
        """
        if self._connection is None:
            why = self._health.troubles.get(PART, "it has not answered yet")
            raise BrokerError(f"The MQTT broker is away ({why})")
        await self._connection.publish(topic, payload, retain=retain)

    async def run(self) -> NoReturn:
        """Stay connected, for ever."""
        self._warn_of_open_password()
        attempt = 0
        while True:
            began_s = time.monotonic()
            try:
                await self._connect_once()
            except BrokerError as error:
                self._health.degrade(PART, str(error))
            if time.monotonic() - began_s > self._pace.steady_s:
                attempt = 0
            chance = random.random()  # noqa: S311 - spreads attempts, hides nothing
            await asyncio.sleep(delay(self._pace.ladder_s, attempt, chance))
            attempt += 1

    async def _connect_once(self) -> None:
        """Connect, and stay so until that is over.

        Raises:
            BrokerError: It is.
        """
        connected = await asyncio.to_thread(_load)
        access = await asyncio.to_thread(self._door.access)
        client_id = self._settings.client_id or f"myna-{self._topics.node}"
        async with connected(
            self._settings, access, client_id, self._topics.availability, self._pace
        ) as connection:
            await self._subscribe(connection)
            await self._converse(connection)

    async def _subscribe(self, connection: Connection) -> None:
        kept, live = self._listeners.kept, self._listeners.live
        barred = await connection.subscribe(kept, wants_retained=True)
        barred += await connection.subscribe(live, wants_retained=False)
        if barred:
            who = self._settings.username or "a client without a name"
            why = f"the broker lets {who} not read {', '.join(barred)}: allow it in its access list"
            self._health.degrade(READING, why)
        else:
            self._health.recover(READING)

    async def _converse(self, connection: Connection) -> None:
        """Tell and listen until the connection is lost."""
        self._connection = connection
        self._health.recover(PART)
        self.tell_again()
        try:
            await _until_either_fails(self._talk(connection), self._hear(connection))
        finally:
            self._connection = None

    async def _talk(self, connection: Connection) -> NoReturn:
        while True:
            due = self._outbox.take()
            if due is None:
                self._is_due.clear()
                await self._is_due.wait()
            else:
                await connection.publish(*due, retain=True)

    async def _hear(self, connection: Connection) -> None:
        async for message in connection.messages():
            for listener in self._listeners.of(message.topic):
                await listener(message)

    def _warn_of_open_password(self) -> None:
        host = self._settings.host or ""
        if self._settings.username is not None and not (self._settings.tls or is_loopback(host)):
            log.warning(
                "mqtt: the password travels to %s in the clear: set mqtt.tls = true, "
                "or let nobody else into this network",
                host,
            )


async def _until_either_fails(*runs: Coroutine[Any, Any, None]) -> None:
    """Run both; what ends one ends the other.

    No TaskGroup: in Python 3.11 one that fails while it is cancelled forgets the latter
    (python/cpython#116720), and the daemon would wait at its end for ever.
    """
    tasks = [asyncio.create_task(run) for run in runs]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in tasks:
        if not task.cancelled():
            task.result()


def _load() -> Callable[..., AbstractAsyncContextManager[Connection]]:
    """Return what connects; the libraries take a while to load, so not in the event loop."""
    try:
        from myna.mqtt.client import connected
    except ImportError as error:
        raise BrokerError(_MISSING) from error
    return connected
