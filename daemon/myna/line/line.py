"""A conversation's line to the server, over all its sessions: the sans-I/O core.

PURE. Theory of operation: the shell (`link.py`) owns the sockets and the clock; it
reports what happens and does what it is told. A conversation begins with `begin`; each
connection then goes `opened`, any number of `received` and `next_message`, and `ended`,
which says whether and how another one follows. `due` is asked a few times a second, and
says when to leave a connection that is about to be cut, or that answers no more.

The parts: `recovery.py` counts attempts, `ledger.py` keeps tool calls, `watch.py` knows
what is owed, `memory.py` what was said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, TypeAlias

from myna.errors import CredentialError, LiveError
from myna.line.ledger import Ledger, ToolAnswer
from myna.line.memory import Memory
from myna.line.recovery import Dial, Plan, Recovery, Stop
from myna.line.watch import Watch
from myna.live.beginning import Beginning
from myna.live.closes import MUTE, RELAY, STALLED, Phase, Verdict, judge
from myna.live.events import (
    GoAway,
    Interrupted,
    LiveEvent,
    ReplyAudio,
    ReplyText,
    ResumptionHandle,
    TokensUsed,
    ToolCall,
    ToolCallsCancelled,
    TurnComplete,
    UserText,
    VoiceActivity,
)
from myna.live.profiles import Profile
from myna_hardware.units import Frames

TEXTS_LIMIT: Final = 16
WORDS_QUOTED: Final = 200
STILL_LIFE_S: Final = 2.0
"""A picture that could not be sent by then shows what is no more."""

GATE_S: Final = 10.0
"""How long a pending call may keep the microphone from a model that cannot bear it."""

GO_AWAY_SHARE: Final = 0.8
"""How much of the time that is left is spent waiting for a quiet moment."""

NUDGE: Final = "(Your last turn arrived here without a sound. Please answer now.)"
GO_ON: Final = (
    "(The connection broke in the middle of your answer. The user heard it up to: "
    "“{}” Go on from there, without an apology.)"
)

TurnEvent: TypeAlias = (
    UserText | ReplyAudio | Interrupted | TurnComplete | ToolCall | ToolCallsCancelled
)
"""What concerns the conversation; everything else is the line's own."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What to do first on a new connection.

    Attributes:
        is_first: It is the first one of the conversation.
        is_resumed: The server remembers everything.
        gap_s: How long there was none.
        frame: From where on the microphone is sent again, unless `is_first`.
    """

    is_first: bool
    is_resumed: bool
    gap_s: float
    frame: Frames


@dataclass(frozen=True, slots=True)
class Ended:
    """What to do after a connection.

    Attributes:
        plan: Open another one, or none.
        following: What that is, in a word.
        trouble: What its end means, in a line for a person.
        is_turn_cut: A turn of the model ended with it, and nobody will say so.
    """

    plan: Plan
    following: str
    trouble: str
    is_turn_cut: bool

    @property
    def is_healed_at_once(self) -> bool:
        """Whether nobody needs to hear of it unless the next attempt fails."""
        return isinstance(self.plan, Dial) and not self.plan.after_s


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that goes ahead of the answer to which it belongs."""

    jpeg: bytes


class Order(Enum):
    """What the model is told that is no content."""

    STOP_TALKING = "stop talking"


Message: TypeAlias = str | Picture | ToolAnswer | Order


@dataclass(frozen=True, slots=True)
class _Still:
    """An image that waits until there is room for it."""

    jpeg: bytes
    taken_s: float


class Line:
    """Decides for one conversation; another one needs another line.

    Args:
        profile: What the configured model bears.
        recovery: Keeps count from one conversation to the next.
    """

    def __init__(self, profile: Profile, recovery: Recovery) -> None:
        self._profile = profile
        self._recovery = recovery
        self._watch = Watch(may_stay_silent=self._profile.may_stay_silent)
        self._ledger = Ledger()
        self._memory = Memory()
        self._texts: deque[str] = deque()
        self._told: list[str] = []
        self._still: _Still | None = None
        self._plan = Dial()
        self._is_open = False
        self._was_open = False
        self._leave_by_s: float | None = None
        self._gated_s: float | None = None
        self._held: ToolAnswer | None = None
        self._must_stop = False

    # --- connections ------------------------------------------------------------------

    def begin(self, now_s: float) -> Plan:
        """Start the conversation."""
        return self._adopt(self._recovery.begin(now_s))

    @property
    def beginning(self) -> Beginning:
        """How the session that is being opened begins."""
        history = self._memory.turns(without_last_question=self._watch.has_question)
        return Beginning(
            handle=self._plan.handle,
            history=() if self._plan.handle else history,
            is_plain=self._plan.is_plain,
        )

    @property
    def carried_calls(self) -> dict[str, str]:
        """Ids and names of calls that a resumed session still knows."""
        return self._ledger.known_calls if self._plan.handle else {}

    def opened(self, sent_until: Frames, now_s: float) -> Opened:
        """The server is ready.

        Args:
            sent_until: The frame up to which the microphone was sent before.
            now_s: The time.
        """
        is_first, is_resumed = not self._was_open, bool(self._plan.handle)
        gap_s = self._recovery.note_ready(now_s)
        frame = self._watch.replay_from(sent_until)
        if not is_first:
            self._take_up(now_s, is_resumed=is_resumed)
        self._is_open = self._was_open = True
        return Opened(is_first, is_resumed, gap_s, frame)

    def _take_up(self, now_s: float, *, is_resumed: bool) -> None:
        """Go on where the last connection ended."""
        self._ledger.move_on(is_resumed=is_resumed)
        # A text would interrupt the turn that waits for a tool, and the call be dropped.
        must_go_on = self._watch.take_up(now_s) and not self._ledger.is_waiting
        if self._watch.has_text:
            self._texts.extendleft(reversed(self._told))
            self._told.clear()
        elif must_go_on:
            self._texts.appendleft(GO_ON.format(self._memory.last_words[-WORDS_QUOTED:]))

    def left(self, verdict: Verdict, now_s: float, chance: float) -> Ended:
        """We closed the connection, for `verdict`."""
        return self._end(verdict, verdict.spoken, self._plan_after(verdict, now_s, chance))

    def ended(
        self,
        error: LiveError | CredentialError,
        now_s: float,
        chance: float,
        *,
        renew: Callable[[], bool],
    ) -> Ended:
        """The connection ended, or did not open.

        Args:
            error: Why.
            now_s: The time.
            chance: From 0 to 1, drawn anew.
            renew: Called when the credential was refused; says whether there is another.
        """
        verdict = judge(error, Phase.OPEN if self._is_open else self._plan.phase)
        can_renew = verdict.next == "renew" and renew()
        plan = self._plan_after(verdict, now_s, chance, can_renew=can_renew)
        is_plain = isinstance(error, CredentialError)
        return self._end(verdict, str(error) if is_plain else f"{verdict.spoken} ({error})", plan)

    def _plan_after(
        self, verdict: Verdict, now_s: float, chance: float, *, can_renew: bool = False
    ) -> Plan:
        return self._recovery.after(verdict, now_s, chance, can_renew=can_renew)

    def _end(self, verdict: Verdict, trouble: str, plan: Plan) -> Ended:
        self._is_open = self._must_stop = False
        self._leave_by_s = self._held = None
        is_turn_cut = self._watch.break_off()
        return Ended(self._adopt(plan), self._name(plan, verdict), trouble, is_turn_cut)

    def _name(self, plan: Plan, verdict: Verdict) -> str:
        if isinstance(plan, Stop):
            return verdict.next if verdict.next in {"end", "wait"} else "give-up"
        if plan.handle:
            return "resume"
        return "seeded" if self._was_open and not plan.forgets else "fresh"

    def _adopt(self, plan: Plan) -> Plan:
        if isinstance(plan, Dial):
            self._plan = plan
            if plan.forgets:
                self._memory.forget()
        return plan

    # --- what happens on a connection -------------------------------------------------

    def received(self, event: LiveEvent, sent_until: Frames, now_s: float) -> TurnEvent | None:
        """Take an event, and hand it back if it concerns the conversation.

        Args:
            event: From the server.
            sent_until: The frame up to which the microphone was sent by then.
            now_s: The time.
        """
        self._watch.receive(event, sent_until, now_s)
        if not isinstance(event, ResumptionHandle | TokensUsed | VoiceActivity):
            self._ledger.settle()
        self._enter(event, now_s)
        return event if isinstance(event, TurnEvent) else None

    def _enter(self, event: LiveEvent, now_s: float) -> None:
        """Write the event into the book that it concerns."""
        match event:
            case ReplyAudio():
                self._recovery.note_reply()
            case ToolCall():
                self._recovery.note_reply()
                self._ledger.open(event, now_s)
            case ToolCallsCancelled(ids):
                self._cancel(ids)
            case UserText() | ReplyText() | TurnComplete():
                self._remember(event)
            case ResumptionHandle(handle):
                self._recovery.note_handle(handle)
            case GoAway(time_left_s):
                self._leave_by_s = now_s + time_left_s * GO_AWAY_SHARE
            case Interrupted():
                self._must_stop = False

    def _remember(self, event: UserText | ReplyText | TurnComplete) -> None:
        match event:
            case UserText(text):
                self._memory.hear(text)
            case ReplyText(text):
                self._memory.reply(text)
            case TurnComplete():
                self._memory.end_turn()
                self._must_stop = False

    def _cancel(self, ids: tuple[str, ...]) -> None:
        self._ledger.cancel(ids)
        if self._held is not None and self._held.id in ids:
            self._held = None

    def speech_started(self, frame: Frames) -> None:
        """The user begins to speak at `frame`."""
        self._watch.hear_start(frame)

    def speech_ended(self, now_s: float) -> None:
        """The user has spoken."""
        self._watch.hear_end(now_s)

    def cut(self) -> None:
        """The reply was cut here: a server that is still at it is told to stop, once."""
        can_stop = self._profile.takes_content and self._watch.is_turn_wanted
        self._must_stop = self._must_stop or can_stop
        self._watch.note_cut()

    def due(self, now_s: float) -> Verdict | None:
        """Say why the connection must be left now, or None; asked a few times a second."""
        if self._watch.take_nudge():
            self._texts.append(NUDGE)
        is_late = self._leave_by_s is not None and now_s >= self._leave_by_s
        if self._leave_by_s is not None and (is_late or self._is_quiet):
            return RELAY
        if self._watch.is_mute:
            return MUTE
        is_our_turn = self._ledger.is_waiting
        return STALLED if self._watch.is_stalled(now_s, is_our_turn=is_our_turn) else None

    @property
    def _is_quiet(self) -> bool:
        return self._watch.is_quiet and not self._ledger.is_waiting and not self._texts

    def overdue_calls(self, now_s: float) -> tuple[ToolCall, ...]:
        """Return calls whose tools never came back, once: they are to be answered."""
        return self._ledger.overdue(now_s)

    @property
    def may_pause(self) -> bool:
        """Whether the server may be told that the microphone pauses: it waits for no tool."""
        return self._profile.takes_audio_end and not self._ledger.is_waiting

    # --- what is to be sent -----------------------------------------------------------

    def say(self, text: str) -> bool:
        """Queue a text; return whether there was room."""
        if len(self._texts) >= TEXTS_LIMIT:
            return False
        self._texts.append(text)
        return True

    def show(self, jpeg: bytes, now_s: float) -> None:
        """Queue a picture; one that still waits makes room."""
        self._still = _Still(jpeg, now_s)

    def answer(self, answer: ToolAnswer) -> None:
        """Queue the answer to a tool call, in order of completion."""
        self._ledger.answer(answer)

    @property
    def has_messages(self) -> bool:
        """Whether `next_message` has something."""
        has_words = bool(self._texts) or self._ledger.has_due or self._held is not None
        return has_words or self._must_stop

    def next_message(self, now_s: float) -> Message | None:
        """Take the order, text, picture or answer that is to be sent next, if any."""
        if self._take_stop():
            return Order.STOP_TALKING
        if self._held is not None:
            return self._release(now_s)
        message = self._texts.popleft() if self._texts else self._ledger.take()
        if isinstance(message, str):
            self._note_told(message, now_s)
            return message
        if message is None:
            return None
        self._held = self._fitted(message)
        if message.jpeg is not None and self._held.jpeg is None:
            return Picture(message.jpeg)
        return self._release(now_s)

    def _take_stop(self) -> bool:
        """Whether the model is to be told now that its reply was cut.

        Any clientContent interrupts it, and a blocking call that is interrupted is dropped
        without a word and may be made again (measured with gemini-3.8-live): while a call
        waits, the reply is only discarded here.
        """
        must_stop, self._must_stop = self._must_stop, False
        return must_stop and not (self._ledger.is_waiting or self._held is not None)

    def _note_told(self, text: str, now_s: float) -> None:
        """Remember a text until it has a reply; a nudge is about what was told before."""
        if text == NUDGE:
            self._watch.note_answer(now_s)
            return
        if not self._watch.has_text:
            self._told.clear()
        self._told.append(text)
        self._watch.note_text(now_s)

    def _fitted(self, answer: ToolAnswer) -> ToolAnswer:
        """Leave out what the model does not take."""
        return replace(
            answer,
            scheduling=answer.scheduling if self._profile.takes_scheduling else None,
            jpeg=answer.jpeg if self._profile.takes_pictures_in_answers else None,
        )

    def _release(self, now_s: float) -> ToolAnswer | None:
        answer, self._held = self._held, None
        if answer is not None and answer.scheduling is None:
            self._watch.note_answer(now_s)
        elif answer is not None:
            self._watch.note_progress(now_s)
        return answer

    def next_still(self, now_s: float) -> bytes | None:
        """Take the picture that waits, once there is nothing better to send."""
        still, self._still = self._still, None
        is_fresh = still is not None and now_s - still.taken_s <= STILL_LIFE_S
        return still.jpeg if still is not None and is_fresh else None

    def is_microphone_gated(self, now_s: float) -> bool:
        """Whether the microphone has to wait for the answer to a call.

        Audio while a blocking call is pending ends the session with 1008 on some models
        (js-genai#1236, livekit/agents#4545). What is said meanwhile is sent afterwards.
        """
        if not (self._profile.gates_microphone and self._ledger.is_waiting):
            self._gated_s = None
            return False
        self._gated_s = now_s if self._gated_s is None else self._gated_s
        return now_s - self._gated_s < GATE_S
