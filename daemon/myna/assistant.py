"""The assistant: events in, effects out.

An asyncio shell around the conversation's table. It keeps the one inbox, asks the
table what to do, has it done, and shows the state; it decides nothing itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from myna.conversation.events import Event, WakeHeard
from myna.conversation.states import (
    Idle,
    Muted,
    Offline,
    Ringing,
    Speaking,
    State,
    Timing,
    deadline_for,
    name_of,
    pattern_for,
)
from myna.conversation.table import RefusedEventError, step
from myna.live.events import Interrupted, ReplyAudio, TurnComplete
from myna.performer import Performer
from myna.trace import Trace
from myna_hardware.interfaces import Lights, Pattern

IDLE: Final = Idle()

KEY: Final = "key"

INBOX_LIMIT: Final = 1000
"""Events that may wait. Reply audio waits for room; anything else beyond is dropped."""

SAFE_MODE: Final = "safe mode"

VITAL: Final = frozenset({"microphone", "speaker", "wake engine", "button", SAFE_MODE, KEY})
"""Parts whose trouble the lights show at rest: the user would wait in vain."""

log = logging.getLogger(__name__)


def _always() -> bool:
    return True


def _is_at_rest(state: State) -> bool:
    return isinstance(state, Idle | Offline | Muted)


@dataclass(frozen=True, slots=True)
class Letter:
    """An event in the inbox.

    Attributes:
        event: What happened.
        is_current: Asked when its turn comes: news of a session that has been closed, or
            of a deadline that no longer counts, would be taken for that of the next one.
    """

    event: Event
    is_current: Callable[[], bool] = _always


@dataclass(frozen=True, slots=True)
class Wake:
    """One time that the wake word was heard.

    Attributes:
        word: The engine's name of it.
        score: 0 to 1.
        at: When.
    """

    word: str
    score: float
    at: datetime


StateListener: TypeAlias = Callable[[State, State], None]


class Assistant:
    """Runs one conversation after another.

    Args:
        lights: Show the state.
        trace: Notes what happened.
        timing: How long the conversation waits.
        beginning: Where it begins: at rest, or muted.

    Attributes:
        last_wake: When the wake word was heard last; None while it never was.
    """

    def __init__(
        self, lights: Lights, trace: Trace, timing: Timing, beginning: Idle | Muted = IDLE
    ) -> None:
        self._lights = lights
        self._trace = trace
        self._timing = timing
        self._inbox: asyncio.Queue[Letter] = asyncio.Queue(INBOX_LIMIT)
        self._state: State = beginning
        self._deadline: asyncio.TimerHandle | None = None
        self._is_reply_new = True
        self._ailing: set[str] = set()
        self._is_counting_down = False
        self._is_asking = False
        self._listeners: list[StateListener] = []
        self.last_wake: Wake | None = None
        self._shown: Pattern | None = None
        self._changed = asyncio.Condition()

    @property
    def state(self) -> State:
        """Where the conversation is."""
        return self._state

    @property
    def shown(self) -> str:
        """What the lights show, by its name in the trace."""
        return "" if self._shown is None else self._shown.value

    @property
    def muted(self) -> Muted | None:
        """How the microphone is closed, also under a ring; None while it is not."""
        state = self._state.muted if isinstance(self._state, Ringing) else self._state
        return state if isinstance(state, Muted) else None

    @property
    def is_muted(self) -> bool:
        """Whether the microphone is closed."""
        return self.muted is not None

    def count_down(self, *, is_counting: bool) -> None:
        """Let the lights count down to the shutdown, whatever goes on, or no more."""
        self._is_counting_down = is_counting
        self._show()

    def show_question(self, is_asking: bool) -> None:  # noqa: FBT001 - as consent calls it
        """Let the lights ask for a press of the button, whatever goes on, or no more."""
        self._is_asking = is_asking
        self._show()

    def follow(self, timing: Timing) -> None:
        """Wait as long as `timing` says, from the next wait on."""
        self._timing = timing

    def watch(self, listener: StateListener) -> None:
        """Call `listener` with the states before and after each change; it must not block."""
        self._listeners.append(listener)

    def note_part(self, what: str, is_well: bool) -> None:  # noqa: FBT001 - as health calls it
        """Show at rest that a part is in trouble with which nobody is served."""
        if what not in VITAL:
            return
        if is_well:
            self._ailing.discard(what)
        else:
            self._ailing.add(what)
        self._show()

    def show_level(self, where: str, level: float) -> None:
        """Let the lights follow the user while they listen, the reply while it sounds."""
        if where == ("speaker" if isinstance(self._state, Speaking) else "microphone"):
            self._lights.show_level(level)

    def post(self, event: Event, is_current: Callable[[], bool] = _always) -> None:
        """Queue an event; on the event loop."""
        try:
            self._inbox.put_nowait(Letter(event, is_current))
        except asyncio.QueueFull:
            log.warning("overloaded: dropped %s", type(event).__name__)

    async def post_in_turn(self, event: Event, is_current: Callable[[], bool]) -> None:
        """Queue an event, waiting for room: the network can wait."""
        await self._inbox.put(Letter(event, is_current))

    async def run(self, performer: Performer) -> None:
        """Take events and have their effects performed, for ever."""
        self._show()
        while True:
            letter = await self._inbox.get()
            if letter.is_current():
                await self._take(letter.event, performer)

    async def until(self, is_reached: Callable[[State], bool]) -> State:
        """Wait until the state satisfies `is_reached`, and return it."""
        async with self._changed:
            await self._changed.wait_for(lambda: is_reached(self._state))
            return self._state

    @property
    def is_at_rest(self) -> bool:
        """Whether no conversation goes on, and nothing rings."""
        return _is_at_rest(self._state)

    async def until_at_rest(self) -> None:
        """Wait until no conversation goes on, and nothing rings."""
        await self.until(_is_at_rest)

    async def _take(self, event: Event, performer: Performer) -> None:
        self._note(event)
        try:
            after, effects = step(self._state, event)
        except RefusedEventError as error:
            log.error("%s (a bug; it goes on)", error)  # noqa: TRY400  # the stack says nothing
            return
        before, self._state = self._state, after
        if name_of(before) != name_of(after):
            self._trace.emit("state", **{"from": name_of(before), "to": name_of(after)})
            fields = {"myna_event": "state", "myna_state": name_of(after)}
            log.info("%s, so %s", type(event).__name__, name_of(after), extra=fields)
        for effect in effects:
            performer.perform(effect)
        if before != after:
            await self._announce(before)

    async def _announce(self, before: State) -> None:
        after = self._state
        self._show()
        for listener in self._listeners:
            listener(before, after)
        due = deadline_for(after, self._timing)
        if type(before) is not type(after) or due != deadline_for(before, self._timing):
            self._set_deadline(due)
        async with self._changed:
            self._changed.notify_all()

    def _show(self) -> None:
        pattern = pattern_for(
            self._state, is_ailing=bool(self._ailing - {KEY}), has_key=KEY not in self._ailing
        )
        if self._is_asking:
            pattern = Pattern.QUESTION
        if self._is_counting_down:
            pattern = Pattern.COUNTDOWN
        if pattern is self._shown:
            return
        self._shown = pattern
        self._lights.show(pattern)
        self._trace.emit("lights", pattern=pattern.value)

    def _set_deadline(self, due: tuple[float, Event] | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if due is not None:
            self._deadline = self._arm(*due)

    def _arm(self, after_s: float, event: Event) -> asyncio.TimerHandle:
        def expire() -> None:
            self.post(event, lambda: self._deadline is handle)

        handle = asyncio.get_running_loop().call_later(after_s, expire)
        return handle

    def _note(self, event: Event) -> None:
        match event:
            case WakeHeard(word, score, detected_frame, frame):
                self.last_wake = Wake(word, score, datetime.now(UTC))
                self._trace.emit(
                    "wake", word=word, score=score, detected_frame=detected_frame, frame=frame
                )
            case ReplyAudio(pcm) if self._is_reply_new:
                self._is_reply_new = False
                self._trace.emit("audio_received", bytes=len(pcm))
            case Interrupted():
                self._is_reply_new = True
                self._trace.emit("interrupted")
            case TurnComplete():
                self._is_reply_new = True
                self._trace.emit("turn_complete")
