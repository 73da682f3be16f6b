"""What the device makes of messages, without a broker."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.assistant import Wake
from myna.control.messages import Listen, Mute, Request, Say, Stop, Unmute, Volume
from myna.conversation.states import Idle, State
from myna.errors import CommandError
from myna.health import Health
from myna.mqtt.access import Door
from myna.mqtt.broker import Broker, Listener
from myna.mqtt.client import Message
from myna.mqtt.device import MOST_ORDERS_PER_MINUTE, Device, Speaker
from myna.mqtt.orders import ORDERS
from myna.mqtt.settings import MqttSettings
from myna.trace import Trace
from support.mqtt_end import TOPICS

KINDS: Mapping[str, tuple[type[Request], ...]] = {
    "mute": (Mute, Unmute),
    "volume": (Volume,),
    "say": (Say,),
    "listen": (Listen,),
    "stop": (Stop,),
}


class Wire(Broker):
    """A broker that is not there; hands in what one would."""

    def __init__(self) -> None:
        settings = MqttSettings(host="nowhere")
        super().__init__(settings, TOPICS, Door(settings, {}, _ignore), Health(Trace()))
        self.listeners: dict[str, tuple[Listener, bool]] = {}

    def listen(self, topic: str, listener: Listener, *, wants_retained: bool) -> None:
        """Note who listens."""
        self.listeners[topic] = listener, wants_retained

    async def hand_in(self, topic: str, payload: bytes, *, is_retained: bool = False) -> None:
        """Let a message come in."""
        listener, _ = self.listeners[topic]
        await listener(Message(topic, payload, is_retained))


class Talk:
    """A conversation, and a volume, in which nothing happens."""

    state: State = Idle()
    is_muted = False
    last_wake: Wake | None = None
    percent = 50

    def watch(self, listener: Callable[..., None]) -> None:
        """Never call it."""


class Stage:
    def __init__(self, refusal: str = "") -> None:
        self.now_s = 0.0
        self.asked: list[Request] = []
        self.refusal = refusal
        self.wire = Wire()
        talk = Talk()
        speaker = Speaker(talk, talk, Health(Trace()), self.answer)
        Device(self.wire, TOPICS, speaker, lambda: self.now_s)

    async def answer(self, request: Request) -> Mapping[str, object]:
        """Take an order."""
        self.asked.append(request)
        if self.refusal:
            raise CommandError(self.refusal)
        return {}

    async def order(self, name: str, payload: bytes, *, is_retained: bool = False) -> None:
        await self.wire.hand_in(TOPICS.command(name), payload, is_retained=is_retained)


def test_device_asks_for_no_old_orders() -> None:
    listeners = Stage().wire.listeners
    assert set(listeners) == {*map(TOPICS.command, ORDERS), TOPICS.birth}
    assert not any(wants_retained for _, wants_retained in listeners.values())


async def test_device_does_not_obey_an_old_order_that_comes_all_the_same() -> None:
    stage = Stage()
    await stage.order("listen", b"PRESS", is_retained=True)
    assert stage.asked == []
    await stage.order("listen", b"PRESS")
    assert stage.asked == [Listen()]


async def test_device_says_once_what_it_does_not_understand(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage = Stage()
    for _ in range(3):
        await stage.order("volume", b"loud")
    await stage.order("mute", b"maybe")
    told = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert len(told) == 2
    assert "myna/kitchen/volume/set is not understood" in told[0]
    assert stage.asked == []


async def test_device_survives_an_order_that_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    stage = Stage("the speaker is muted by its switch: set that back first")
    await stage.order("mute", b"OFF")
    assert stage.asked == [Unmute()]
    assert "set that back first" in caplog.text


async def test_device_obeys_so_often_in_a_minute_and_then_again() -> None:
    stage = Stage()
    for _ in range(3 * MOST_ORDERS_PER_MINUTE):
        await stage.order("stop", b"PRESS")
    assert len(stage.asked) == MOST_ORDERS_PER_MINUTE
    stage.now_s = 61.0
    await stage.order("stop", b"PRESS")
    assert len(stage.asked) == MOST_ORDERS_PER_MINUTE + 1


PAYLOADS = st.binary(max_size=40) | st.sampled_from(
    [b"ON", b"OFF", b"PRESS", b"50", b"100.0", b"hello", b"-1", b"1e3", b"null", b"{}"]
)


@given(st.lists(st.tuples(st.sampled_from(ORDERS), PAYLOADS, st.booleans()), max_size=20))
def test_any_messages_lead_to_orders_of_their_topics_only(
    messages: list[tuple[str, bytes, bool]],
) -> None:
    async def hand_in() -> None:
        stage = Stage()
        for name, payload, is_retained in messages:
            before = len(stage.asked)
            await stage.order(name, payload, is_retained=is_retained)
            new = stage.asked[before:]
            assert len(new) <= (0 if is_retained else 1)
            assert all(isinstance(request, KINDS[name]) for request in new)

    asyncio.run(hand_in())


def _ignore(_secret: str) -> None:
    """Hide nothing."""
