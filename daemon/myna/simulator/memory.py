"""What the server remembers of each session, across its connections. PURE but for ids.

The rule for a connection that ends, however it ends:

- A turn that had not started stays the next one: its trigger starts it on the new
  connection, so that an utterance which is said again is answered.
- A turn that had started but had sent nothing yet is given back: the same.
- A turn that waited (for the answer to a call, or for a still) goes on where it was as
  soon as the session is resumed.
- Any other turn that had started is taken: what it had not yet sent is lost, and
  nothing says so (gemini-live-resume-test, 2026-10-02).

Calls that nobody has answered survive with the session, not with a new one.
"""

from __future__ import annotations

import uuid
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from myna.simulator.options import Options
from myna.simulator.refusal import invalid_argument, refusal
from myna.simulator.script import Position, Script, ToolCall, Turn

_HANDLES_KEPT: Final = 10_000
_CALLS_KEPT: Final = 1_000


class Unfinished(Struct, frozen=True):
    """A turn that is yet to be played, or the rest of one.

    Attributes:
        turn: The turn.
        start: How many of its actions are done.
        call_ids: The calls that it made.
        has_begun: Whether the client has got anything of it.
    """

    turn: Turn
    start: int = 0
    call_ids: frozenset[str] = frozenset()
    has_begun: bool = False


class Memory:
    """One session.

    Attributes:
        model: With which it began.
        position: Where it is in the script; sessions may share it.
        calls: Calls that nobody has answered yet, by id.
        unfinished: A turn that goes on when the session is resumed.
        leave: Takes its newest connection off the stage; None before the first.
    """

    def __init__(self, model: str, position: Position) -> None:
        self.model = model
        self.position = position
        self.calls: dict[str, ToolCall] = {}
        self.unfinished: Unfinished | None = None
        self.leave: Callable[[], None] | None = None
        self._is_open = False
        self._is_lost = False
        self._ended_s: float | None = None
        self._connection: object = None

    def add_call(self, call_id: str, call: ToolCall) -> None:
        """Remember a call until it is answered."""
        self.calls[call_id] = call
        if len(self.calls) > _CALLS_KEPT:
            del self.calls[next(iter(self.calls))]

    def begin(self, connection: object) -> None:
        """A connection took the session over; the one before it leaves the stage."""
        if self.leave is not None:
            self.leave()
        self._connection = connection
        self._is_open, self._is_lost, self._ended_s = True, False, None

    def end(self, connection: object, now_s: float, *, is_lost: bool) -> None:
        """A connection of this session ended.

        Args:
            connection: Which; an older one than the newest changes nothing.
            now_s: Time.
            is_lost: Whether there was no close handshake.
        """
        if connection is self._connection and self._is_open:
            self._is_open, self._is_lost, self._ended_s = False, is_lost, now_s
            self._connection = self.leave = None

    def is_held(self, now_s: float, holds_lost_s: float) -> bool:
        """Say whether an old connection keeps others from resuming."""
        if holds_lost_s and self._is_open:
            return True
        return self._is_lost and self._ended_s is not None and now_s - self._ended_s < holds_lost_s

    def is_expired(self, now_s: float, life_s: float) -> bool:
        """Say whether its handles are too old."""
        return self._ended_s is not None and now_s - self._ended_s > life_s


class Memories:
    """Gives every new session its memory, and a resumed one the memory that it had.

    Args:
        script: What all of them play.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._shared = Position(script)
        self._by_handle: OrderedDict[str, Memory] = OrderedDict()
        self._started: Counter[str] = Counter()

    def start(self, model: str, token: str, uses: int) -> Memory:
        """Return the memory of a new session.

        Args:
            model: Of the setup.
            token: The ephemeral token with which it came, "" for a key.
            uses: How many sessions a token may start, 0 for any number.

        Raises:
            Refusal: The token is spent.
        """
        if token and uses:
            if self._started[token] >= uses:
                raise refusal("token_spent")
            self._started[token] += 1
        is_shared = self._script.new_session == "continue"
        return Memory(model, self._shared if is_shared else Position(self._script))

    def resume(self, handle: str, model: str, now_s: float, options: Options) -> Memory:
        """Return the memory of the session with this handle.

        Raises:
            Refusal: It is unknown or expired, held by a lost connection, or of another model.
        """
        memory = self._by_handle.get(handle)
        if (
            memory is None
            or options.refuses_resumption
            or memory.is_expired(now_s, options.handle_life_s)
        ):
            raise refusal("session_not_found")
        if memory.is_held(now_s, options.holds_lost_s):
            raise refusal("internal_error", "the old connection still holds the session")
        if memory.model != model:
            raise invalid_argument("a resumed session keeps its model")
        return memory

    def new_handle(self, memory: Memory) -> str:
        """Return a handle with which the session can be resumed."""
        handle = str(uuid.uuid4())
        self._by_handle[handle] = memory
        if len(self._by_handle) > _HANDLES_KEPT:
            self._by_handle.popitem(last=False)
        return handle
