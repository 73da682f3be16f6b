"""The speaker as a device of Home Assistant: tells how it is, takes orders.

What it never tells is what was said: no transcript leaves through here.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, get_args

import myna
from myna.assistant import Wake
from myna.control.messages import Request
from myna.conversation.states import State, name_of
from myna.errors import CommandError
from myna.mqtt.broker import Broker
from myna.mqtt.discovery import announcement
from myna.mqtt.orders import ORDERS, OrderError, parse_order
from myna.mqtt.topics import ONLINE, Topics
from myna.tools.allowance import Allowance

if TYPE_CHECKING:
    from myna.mqtt.client import Message

MOST_ORDERS_PER_MINUTE: Final = 60
"""A slider that is dragged sends a few in a second; nothing that anybody means sends more."""

STATES: Final[Sequence[str]] = tuple(name_of(state) for state in get_args(State))

log = logging.getLogger(__name__)


class Conversation(Protocol):
    """What is watched of the assistant."""

    @property
    def state(self) -> State:
        """Where it is."""
        ...

    @property
    def is_muted(self) -> bool:
        """Whether the microphone is closed."""
        ...

    @property
    def last_wake(self) -> Wake | None:
        """What it last woke up to."""
        ...

    def watch(self, listener: Callable[[State, State], None]) -> None:
        """Call `listener` with the state before and after each change."""
        ...


class Loudness(Protocol):
    """What is watched of the volume."""

    @property
    def percent(self) -> int:
        """0 to 100."""
        ...

    def watch(self, listener: Callable[[int], None]) -> None:
        """Call `listener` with each volume that is set."""
        ...


class Troubles(Protocol):
    """What is watched of the book of health."""

    @property
    def troubles(self) -> dict[str, str]:
        """What is wrong, by part."""
        ...

    def watch(self, listener: Callable[[str, bool], None]) -> None:
        """Call `listener` each time that the trouble of a part begins or ends."""
        ...


@dataclass(frozen=True, slots=True)
class Speaker:
    """The parts of the speaker that Home Assistant sees, and whom its orders go to."""

    conversation: Conversation
    volume: Loudness
    health: Troubles
    answer: Callable[[Request], Awaitable[Mapping[str, object]]]


class Device:
    """Keeps Home Assistant told, and the speaker obedient to it.

    Args:
        broker: What both talk through; not running yet.
        topics: Of this speaker.
        speaker: What is told of and commanded.
        clock: Monotonic, in seconds.
    """

    def __init__(
        self,
        broker: Broker,
        topics: Topics,
        speaker: Speaker,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._broker = broker
        self._topics = topics
        self._speaker = speaker
        self._clock = clock
        self._allowance = Allowance(MOST_ORDERS_PER_MINUTE)
        self._told_once: set[str] = set()
        self._names = {topics.command(name): name for name in ORDERS}
        broker.tell(topics.discovery, json.dumps(announcement(topics, myna.__version__, STATES)))
        self._tell_state()
        self._tell_volume(speaker.volume.percent)
        self._tell_trouble()
        speaker.conversation.watch(lambda _before, _after: self._tell_state())
        speaker.volume.watch(self._tell_volume)
        speaker.health.watch(lambda _part, _is_well: self._tell_trouble())
        for topic in self._names:
            broker.listen(topic, self._obey, wants_retained=False)
        broker.listen(topics.birth, self._greet, wants_retained=False)

    def _tell_state(self) -> None:
        conversation = self._speaker.conversation
        self._tell("state", name_of(conversation.state))
        self._tell("mute", "ON" if conversation.is_muted else "OFF")
        if conversation.last_wake is not None:
            self._tell("last_wake", _wake_text(conversation.last_wake))

    def _tell_volume(self, percent: int) -> None:
        self._tell("volume", str(percent))

    def _tell_trouble(self) -> None:
        """Tell which parts are in trouble; what is wrong stays in `myna status`."""
        self._tell("trouble", json.dumps({"parts": sorted(self._speaker.health.troubles)}))

    def _tell(self, name: str, value: str) -> None:
        self._broker.tell(self._topics.told(name), value)

    async def _greet(self, message: Message) -> None:
        """Home Assistant has started: introduce the device again."""
        if message.payload == ONLINE.encode():
            self._broker.tell_again()

    async def _obey(self, message: Message) -> None:
        name = self._names[message.topic]
        if message.is_retained:
            return
        if self._allowance.take(self._clock()):
            self._say_once("flood", f"more than {MOST_ORDERS_PER_MINUTE} orders in a minute")
            return
        try:
            await self._speaker.answer(parse_order(name, message.payload))
        except OrderError as error:
            self._say_once(name, f"a message to {message.topic} is not understood: {error}")
        except CommandError as error:
            log.info("mqtt: %s: %s", name, error)
        # Whoever showed the order as done is told how things really are.
        self._broker.tell_again(self._topics.told(name))

    def _say_once(self, about: str, text: str) -> None:
        if about not in self._told_once:
            self._told_once.add(about)
            log.warning("mqtt: %s (told once)", text)


def _wake_text(wake: Wake) -> str:
    told = {"time": wake.at.isoformat(), "word": wake.word, "score": round(wake.score, 2)}
    return json.dumps(told)
