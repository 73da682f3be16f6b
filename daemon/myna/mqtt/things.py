"""The things of the configuration: what they report, and having them switched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from myna.mqtt.reports import UNKNOWN, Standing, Wish, fulfils, heard, messages_for
from myna.mqtt.settings import ThingSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from myna.mqtt.broker import Listener
    from myna.mqtt.client import Message

REPORT_S: Final = 3.0
"""How long a thing has to report that it did what it was told: a lamp on a mesh of radios
takes one or two seconds."""


class Wire(Protocol):
    """What things need of the broker."""

    @property
    def is_connected(self) -> bool:
        """Whether it is there."""
        ...

    def listen(self, topic: str, listener: Listener, *, wants_retained: bool) -> None:
        """See `Broker.listen`."""
        ...

    async def send(self, topic: str, payload: str, *, retain: bool) -> None:
        """See `Broker.send`."""
        ...


@dataclass(slots=True, eq=False)
class Thing:
    """One of them.

    Attributes:
        name: Its table in the configuration.
        settings: What stands there.
        standing: How it stands, as far as it has told.
        sent: The last wish that was sent to it, and when.
        waiting: Called at each report.
    """

    name: str
    settings: ThingSettings
    standing: Standing = UNKNOWN
    sent: tuple[Wish, float] | None = None
    waiting: list[Callable[[], None]] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What people call it."""
        return self.settings.label or self.name

    @property
    def can_dim(self) -> bool:
        """Whether it takes levels between off and on."""
        return self.settings.level_topic is not None

    @property
    def reports(self) -> bool:
        """Whether it tells how it stands."""
        return self.settings.state_topic is not None

    def is_as(self, wish: Wish) -> bool:
        """Whether it has told that it stands as `wish` wants it."""
        return fulfils(self.standing, self.settings, wish)


class Things:
    """All of them; lives in the event loop.

    Args:
        settings: By name.
        wire: The broker; not running yet.
        clock: Monotonic, in seconds.
    """

    def __init__(
        self,
        settings: Mapping[str, ThingSettings],
        wire: Wire,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.all = {name: Thing(name, thing) for name, thing in settings.items()}
        self.clock = clock
        self._wire = wire
        topics = {
            topic
            for thing in settings.values()
            for topic in (thing.state_topic, thing.level_state_topic)
            if topic is not None
        }
        for topic in sorted(topics):
            wire.listen(topic, self._hear, wants_retained=True)

    @property
    def is_reachable(self) -> bool:
        """Whether the broker is there."""
        return self._wire.is_connected

    async def have(self, thing: Thing, wish: Wish) -> bool:
        """Have `wish` done; return whether the thing has reported that it is.

        Raises:
            BrokerError: The order did not reach the broker.
        """
        with _report_awaited(thing, wish) as reported:
            for topic, payload in messages_for(thing.settings, wish):
                await self._wire.send(topic, payload, retain=thing.settings.retain)
            thing.sent = wish, self.clock()
            if not thing.reports:
                return False
            await asyncio.wait([reported], timeout=REPORT_S)
            return reported.done()

    async def _hear(self, message: Message) -> None:
        told_s = None if message.is_retained else self.clock()
        for thing in self.all.values():
            after = heard(
                thing.standing, thing.settings, message.topic, message.payload, told_s=told_s
            )
            if after is not None:
                thing.standing = after
                for note in tuple(thing.waiting):
                    note()


@contextmanager
def _report_awaited(thing: Thing, wish: Wish) -> Iterator[asyncio.Future[None]]:
    """Yield what is done once a report says that `thing` stands so; from now on."""
    reported: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def note() -> None:
        if thing.is_as(wish) and not reported.done():
            reported.set_result(None)

    thing.waiting.append(note)
    try:
        yield reported
    finally:
        thing.waiting.remove(note)
