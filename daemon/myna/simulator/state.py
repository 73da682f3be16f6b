"""What happened at a simulated server, for tests and for the demo.

Lives on the loop of the server. `wait_until` lets a test wait for an event instead of
sleeping. Memory is bounded: the last 64 connections, 10 minutes of microphone each
(the life of a real connection), 20,000 log entries and 1,000 of everything else each.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

from myna.simulator.handshake import Credential
from myna.simulator.messages import Blob, Content, FunctionResponse, JsonObject
from myna_hardware.units import bytes_for, frames_for, frames_in

CONNECTIONS_KEPT: Final = 64
AUDIO_KEPT_BYTES: Final = bytes_for(frames_for(600.0))
ENTRIES_KEPT: Final = 20_000
ITEMS_KEPT: Final = 1_000

_T = TypeVar("_T")


class Changes:
    """Wakes those who wait for something to become true."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def announce(self) -> None:
        """Make every waiter look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_until(self, predicate: Callable[[], bool]) -> None:
        """Return as soon as `predicate` holds; it is asked again at every change."""
        while not predicate():
            await self._changed.wait()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that crossed the wire.

    Attributes:
        t: Seconds on the monotonic clock.
        by: Who sent it.
        kind: Its wire name: `audio`, `toolCall`, `turnComplete`, `close`, `ping`; a
            script's own frames are `raw`, and `cut` is where a link became half-open.
    """

    t: float
    by: Literal["client", "server"]
    kind: str


@dataclass(frozen=True, slots=True)
class Closed:
    """How a connection ended.

    Attributes:
        code: Close code; 1006 when the line was cut.
        reason: The words of whoever closed.
        by: Who closed.
        why: For a person: which rule the client broke, if it was that.
    """

    code: int
    reason: str
    by: Literal["client", "server"]
    why: str = ""


@dataclass(eq=False)
class Connection:
    """Everything about one connection.

    Attributes:
        version: Version of the API in its path.
        credential: How the client identified itself; the credential itself is not kept.
        setup: The first message, as the client sent it.
        instruction: Text of the system instruction.
        resumed_handle: The handle with which the client came, if it resumed.
        history: Turns from clientContent, in order; those of the seeding included.
        texts: From realtimeInput.text and from complete clientContent.
        stills: Camera images, those in tool answers and in clientContent included.
        pings: How many came.
        audio_stream_ends: How often the microphone was said to pause.
        tool_responses: Answers that a call was waiting for.
        ignored_responses: Answers to calls that do not exist or were dropped.
        turns_started: How many turns of the script began here.
        closed: Absent while it is open.
        heard_frames: How much of the microphone came, at 16 kHz.
        stills_seen: How many there were, kept or not.
        characters_read: Length of all texts, kept or not.
        answers_taken: How many calls were answered, kept or not.
        log: What crossed the wire, in order.
    """

    changes: Changes = field(repr=False)
    version: str = ""
    credential: Credential | None = None
    setup: JsonObject | None = None
    instruction: str = ""
    resumed_handle: str | None = field(default=None, repr=False)
    history: list[Content] = field(default_factory=list, repr=False)
    texts: list[str] = field(default_factory=list)
    stills: list[Blob] = field(default_factory=list, repr=False)
    stills_seen: int = 0
    characters_read: int = 0
    answers_taken: int = 0
    pings: int = 0
    audio_stream_ends: int = 0
    tool_responses: list[FunctionResponse] = field(default_factory=list)
    ignored_responses: list[FunctionResponse] = field(default_factory=list)
    turns_started: int = 0
    closed: Closed | None = None
    log: deque[Entry] = field(default_factory=lambda: deque(maxlen=ENTRIES_KEPT), repr=False)
    heard_frames: int = 0
    _audio: bytearray = field(default_factory=bytearray, repr=False)

    @property
    def received(self) -> bytes:
        """The microphone in the order of the wire, 16 kHz mono 16-bit, at most 10 minutes."""
        return bytes(self._audio)

    def sent(self, kind: str) -> int:
        """Count what the server sent under this wire name."""
        return sum(entry.by == "server" and entry.kind == kind for entry in self.log)

    def add_audio(self, pcm: bytes) -> None:
        """Keep a chunk of the microphone."""
        self.heard_frames += frames_in(pcm)
        self._audio += pcm[: max(0, AUDIO_KEPT_BYTES - len(self._audio))]

    def add_text(self, text: str) -> None:
        """Keep a text that wants an answer."""
        self.characters_read += len(text)
        _keep(self.texts, text)

    def add_history(self, turns: Iterable[Content]) -> None:
        """Keep turns that were told, not said."""
        for turn in turns:
            self.characters_read += len(turn.text)
            _keep(self.history, turn)

    def add_still(self, still: Blob) -> None:
        """Keep a camera image."""
        self.stills_seen += 1
        _keep(self.stills, still)

    def add_answer(self, answer: FunctionResponse, *, is_awaited: bool) -> None:
        """Keep an answer to a call, or to none."""
        self.answers_taken += is_awaited
        _keep(self.tool_responses if is_awaited else self.ignored_responses, answer)

    def note(self, by: Literal["client", "server"], kind: str) -> None:
        """Log one thing, and wake those who wait."""
        self.log.append(Entry(time.monotonic(), by, kind))
        self.changes.announce()


def _keep(items: list[_T], item: _T) -> None:
    items.append(item)
    if len(items) > ITEMS_KEPT:
        del items[0]


class State:
    """Everything about a server.

    Attributes:
        refused_upgrades: How many were answered with an HTTP error.
        connections: The last ones, oldest first, open and closed.
    """

    def __init__(self) -> None:
        self.connections: deque[Connection] = deque(maxlen=CONNECTIONS_KEPT)
        self.refused_upgrades = 0
        self._changes = Changes()

    @property
    def last(self) -> Connection:
        """The newest connection.

        Raises:
            IndexError: There was none yet.
        """
        return self.connections[-1]

    def refuse_upgrade(self) -> None:
        """Count a client that was turned away before it was one."""
        self.refused_upgrades += 1
        self._changes.announce()

    def open_connection(self) -> Connection:
        """Begin the record of a connection."""
        connection = Connection(self._changes)
        self.connections.append(connection)
        self._changes.announce()
        return connection

    async def wait_for(self, predicate: Callable[[State], bool], timeout_s: float = 10.0) -> None:
        """Return as soon as `predicate` holds for this state.

        Raises:
            TimeoutError: It did not within `timeout_s`.
        """
        async with asyncio.timeout(timeout_s):
            await self._changes.wait_until(lambda: predicate(self))
