"""The speaker's end of MQTT, without a speaker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from myna.health import Health
from myna.mqtt.access import Access, Door
from myna.mqtt.broker import PART, Broker
from myna.mqtt.pace import Pace
from myna.mqtt.settings import MqttSettings
from myna.mqtt.topics import Topics
from myna.redaction import Redaction
from myna.trace import Trace
from support.broker import PASSWORD, USER, Mosquitto

QUICK = Pace(ladder_s=(0.02,), steady_s=1e9, keepalive_s=1, answer_s=1.0)
TOPICS = Topics("kitchen", "myna/kitchen", "homeassistant")


class Watch:
    """The book of health, and waiting for what stands in it."""

    def __init__(self) -> None:
        self.history: list[tuple[str, str]] = []
        self.attempts = 0
        self._news = asyncio.Event()
        trace = Trace()
        trace.subscribe(self._note)
        self.health = Health(trace)

    def _note(self, _t: float, event: str, fields: Mapping[str, object]) -> None:
        if event in ("degraded", "recovered"):
            self.history.append((event, str(fields["what"])))
            self._news.set()

    async def degraded(self, part: str = PART) -> str:
        """Wait until `part` is in trouble; return why."""
        async with asyncio.timeout(20):
            while part not in self.health.troubles:
                self._news.clear()
                await self._news.wait()
        return self.health.troubles[part]

    def note_attempt(self) -> None:
        """Count an attempt to connect."""
        self.attempts += 1
        self._news.set()

    async def attempted(self, times: int) -> None:
        """Wait until it has been tried to connect `times` times."""
        async with asyncio.timeout(20):
            while self.attempts < times:
                self._news.clear()
                await self._news.wait()

    async def recovered(self, times: int = 1) -> None:
        """Wait until the broker has come back `times` times."""
        async with asyncio.timeout(20):
            while self.history.count(("recovered", PART)) < times:
                self._news.clear()
                await self._news.wait()


def settings_for(at: Mosquitto, folder: Path, **changes: object) -> MqttSettings:
    """Return what leads to the broker `at`."""
    password = folder / "password"
    password.write_text(PASSWORD + "\n")
    settings = MqttSettings(host="127.0.0.1", port=at.port, username=USER, password_file=password)
    return replace(settings, **changes)


def broker_for(settings: MqttSettings, watch: Watch, pace: Pace = QUICK) -> Broker:
    """Return our end, in a hurry."""
    loop = asyncio.get_running_loop()

    class CountedDoor(Door):
        def access(self) -> Access:
            loop.call_soon_threadsafe(watch.note_attempt)
            return super().access()

    door = CountedDoor(settings, {}, Redaction().hide)
    return Broker(settings, TOPICS, door, watch.health, pace)


@asynccontextmanager
async def running(ours: Broker) -> AsyncIterator[None]:
    """Run our end; it must end as soon as it is asked to."""
    task = asyncio.create_task(ours.run())
    try:
        yield
    finally:
        task.cancel()
        _, late = await asyncio.wait([task], timeout=5)
        assert not late
        assert task.cancelled()
