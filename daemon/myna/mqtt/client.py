"""The connection to the broker: the one file that knows aiomqtt, and paho below it.

MQTT 5, for three things that 3.1.1 has not: the broker holds back messages that are too
long for us, it does not send old orders to a new subscriber, and it says why it ends a
connection. A session never outlives its connection: orders from while we were away are
past.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from myna.errors import BrokerError
from myna.mqtt.access import Access
from myna.mqtt.discovery import QOS
from myna.mqtt.pace import Pace
from myna.mqtt.settings import MqttSettings
from myna.mqtt.topics import OFFLINE
from myna.mqtt.troubles import refused, unreached

LONGEST_PACKET_BYTES: Final = 64 * 1024
"""What a thing reports is far below; the broker drops what is above."""

MOST_WAITING: Final = 100
"""Messages that wait to be read; a flood beyond is dropped."""

_NOT_RETAINED: Final = 2
"""Retain Handling: no retained messages at subscription (MQTT 5, 3.8.3.1)."""

_FAILURE: Final = 0x80
"""Reason codes from here on are failures (MQTT 5, 2.4)."""

T = TypeVar("T")

_log = logging.getLogger(__name__)
_log.setLevel(logging.ERROR)  # the libraries warn of every message of a flood


@dataclass(frozen=True, slots=True)
class Message:
    """What came in.

    Attributes:
        topic: Where it was published.
        payload: As it was published.
        is_retained: Whether the broker had kept it from before.
    """

    topic: str
    payload: bytes
    is_retained: bool


class Connection:
    """An open connection; lives in one event loop."""

    def __init__(self, client: _Client, settings: MqttSettings) -> None:
        self._client = client
        self._settings = settings

    async def publish(self, topic: str, payload: str, *, retain: bool) -> None:
        """Publish, and wait until the broker has it.

        Raises:
            BrokerError: It has not.
        """
        with _translated(self._client, self._settings):
            await self._client.publish(topic, payload, QOS, retain)

    async def subscribe(self, topics: Iterable[str], *, wants_retained: bool) -> list[str]:
        """Subscribe to `topics`; return those that the broker does not let us read.

        Raises:
            BrokerError: It does not answer.
        """
        handling = SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE if wants_retained else _NOT_RETAINED
        options = SubscribeOptions(qos=QOS, retainHandling=handling)
        wanted = list(topics)
        if not wanted:
            return []
        with _translated(self._client, self._settings):
            codes = await self._client.subscribe([(topic, options) for topic in wanted])
        return [
            topic for topic, code in zip(wanted, codes, strict=False) if _number(code) >= _FAILURE
        ]

    async def messages(self) -> AsyncIterator[Message]:
        """Yield what comes in.

        Raises:
            BrokerError: The connection is lost.
        """
        with _translated(self._client, self._settings):
            async for message in self._client.messages:
                if isinstance(message.payload, bytes):
                    yield Message(str(message.topic), message.payload, bool(message.retain))


@asynccontextmanager
async def connected(
    settings: MqttSettings, access: Access, client_id: str, will_topic: str, pace: Pace
) -> AsyncIterator[Connection]:
    """Be connected for as long as the context lasts.

    Args:
        settings: Where the broker is.
        access: What opens its door.
        client_id: Unlike those of all its other clients.
        will_topic: Where it publishes `offline` once we are gone without a word.
        pace: How long it is waited for.

    Raises:
        BrokerError: No connection came about.
    """
    client = _client(settings, access, client_id, will_topic, pace)
    try:
        with _translated(client, settings):
            await client.__aenter__()
        yield Connection(client, settings)
    finally:
        client.drop()  # without a farewell: so the broker tells `offline` in our name


class _Client(aiomqtt.Client):
    """aiomqtt's client, that can be dropped.

    Its own way out waits for a broker that may hang, and after an opening that was
    cancelled or got no answer it leaves the socket open and a task running.
    """

    _is_dropped = False

    @property
    def ended_by(self) -> BaseException | None:
        """What ended the connection, if something did; calls that fail later say less."""
        ended = self._disconnected
        return ended.exception() if ended.done() and not ended.cancelled() else None

    def drop(self) -> None:
        """Let go of the socket and the task, in whatever state they are. Idempotent."""
        self._is_dropped = True
        self._client.on_socket_close = None
        self._client.on_socket_unregister_write = None
        self._let_go()
        self._loop.call_soon(self._let_go)  # what the connecting thread had ordered meanwhile

    def _let_go(self) -> None:
        _ = self.ended_by  # asyncio complains of an outcome that nobody looked at
        if self._misc_task is not None:
            self._misc_task.cancel()
        open_socket = self._client.socket()
        if isinstance(open_socket, socket.socket) and open_socket.fileno() >= 0:
            self._loop.remove_reader(open_socket)
            self._loop.remove_writer(open_socket)
            open_socket.close()

    async def _wait_for(self, fut: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109
        """Wait as aiomqtt does, but for `asyncio.wait_for`.

        In Python 3.11 that swallows a cancellation that comes together with the answer
        (python/cpython#86296), and then nothing ever ends.
        """
        try:
            async with asyncio.timeout(self.timeout if timeout is None else timeout):
                return await fut
        except TimeoutError as error:
            raise aiomqtt.MqttError("no answer in time") from error

    def _on_socket_open(self, client: Any, userdata: Any, sock: Any) -> None:  # noqa: ANN401
        if self._is_dropped:
            raise OSError("given up")
        super()._on_socket_open(client, userdata, sock)


def _client(
    settings: MqttSettings, access: Access, client_id: str, will_topic: str, pace: Pace
) -> _Client:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = LONGEST_PACKET_BYTES
    return _Client(
        settings.host or "",
        settings.used_port,
        username=access.username,
        password=access.password.reveal() if access.password else None,
        logger=_log,
        identifier=client_id,
        protocol=aiomqtt.ProtocolVersion.V5,
        will=aiomqtt.Will(will_topic, OFFLINE, QOS, retain=True),
        clean_start=True,
        timeout=pace.answer_s,
        keepalive=pace.keepalive_s,
        max_queued_incoming_messages=MOST_WAITING,
        properties=properties,
        tls_context=access.tls,
    )


@contextmanager
def _translated(client: _Client, settings: MqttSettings) -> Iterator[None]:
    try:
        yield
    except (aiomqtt.MqttError, UnicodeError) as error:  # the latter of names that are none
        # aiomqtt tells causes also by `raise ... from None`.
        cause = client.ended_by or error.__cause__ or error.__context__ or error
        raise BrokerError(_meaning(settings, error, cause)) from error


def _meaning(settings: MqttSettings, error: Exception, cause: BaseException | None) -> str:
    told = next((one for one in (cause, error) if isinstance(one, aiomqtt.MqttCodeError)), None)
    code = 0 if told is None else _number(told.rc)
    if code > _FAILURE:  # that one itself is what paho says when the line is cut
        return refused(settings, code, str(told))
    return unreached(settings, cause, str(error))


def _number(code: object) -> int:
    """Return the number of a reason code, which paho gives as an object or as itself."""
    value = getattr(code, "value", code)
    return value if isinstance(value, int) else 0
