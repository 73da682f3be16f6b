"""What the server owes us, and since when.

PURE. Theory of operation: once the user has spoken, a text was sent or a tool has
answered, a turn is owed. Whatever the server says meanwhile is progress; silence for
`STALL_S` is a stall. A turn of the model is open from its first audio or call to its
`turnComplete`. What had no reply yet is remembered, so that the next connection can
hear it again.

The pathologies and their sources: turns without a sound (python-genai#2117), phantom
interruptions and silence for good after them (python-genai#2333), no reply after a
barge-in (python-genai#1987).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myna.live.events import (
    GenerationComplete,
    GoAway,
    Interrupted,
    LiveEvent,
    ReplyAudio,
    ResumptionHandle,
    TokensUsed,
    ToolCall,
    TurnComplete,
)
from myna_hardware.units import Frames, frames_for

STALL_S: Final = 8.0
"""A reply begins within 2 s of the end of speech (measured: 1.2 to 1.8 s)."""

EMPTY_TURNS: Final = 2
"""After so many turns in a row without a sound a session is taken for mute."""

LEAD: Final = frames_for(0.5)
"""What is sent again before the start of speech: the detector is late, onsets are soft."""

UNPROVEN: Final = frames_for(1.0)
"""What is sent again in any case: it may have died in the socket."""

HOUSEKEEPING: Final = (ResumptionHandle, GoAway, TokensUsed)
"""What says nothing about whether the user was heard."""

_FIRST: Final = Frames(0)


@dataclass(slots=True)
class Watch:
    """Follows one conversation over all its connections.

    Attributes:
        may_stay_silent: Whether this model may choose not to answer (proactive audio,
            always on since gemini-3.8-live).
        is_user_speaking: Between start and end of an utterance.
        is_turn_open: The model's turn has begun and is not complete.
        has_text: Texts were sent that had no reply yet.
    """

    may_stay_silent: bool = False
    is_user_speaking: bool = False
    is_turn_open: bool = False
    has_text: bool = False
    _utterance: Frames | None = None
    _answered_until: Frames = _FIRST
    _owed_s: float | None = None
    _last_s: float = 0.0
    _is_generated: bool = False
    _is_cut: bool = False
    _has_sign: bool = False
    _has_replied: bool = False
    _empty_turns: int = 0
    _must_nudge: bool = False
    _must_go_on: bool = False

    # --- what we and the user do ----------------------------------------------------

    def hear_start(self, frame: Frames) -> None:
        """The user begins to speak at `frame`."""
        self.is_user_speaking = True
        self._has_sign = False
        if self._utterance is None:
            self._utterance = frame

    def hear_end(self, now_s: float) -> None:
        """The user has spoken."""
        self.is_user_speaking = False
        if self._utterance is not None:
            self._owed_s = now_s

    def note_text(self, now_s: float) -> None:
        """A text was sent."""
        self.has_text = True
        self._owed_s = now_s

    def note_progress(self, now_s: float) -> None:
        """Something was sent that need not be answered."""
        self._last_s = now_s

    def note_answer(self, now_s: float) -> None:
        """The answer that the model waited for was sent."""
        self._owed_s = self._last_s = now_s

    def note_cut(self) -> None:
        """The reply was cut here: nobody misses the rest of it."""
        self._is_cut = True

    # --- what the server does -------------------------------------------------------

    def receive(self, event: LiveEvent, sent_until: Frames, now_s: float) -> None:
        """Take note of an event.

        Args:
            event: From the server.
            sent_until: The frame up to which the microphone was sent by then.
            now_s: The time.
        """
        self._last_s = now_s
        self._has_sign = self._has_sign or not isinstance(event, HOUSEKEEPING)
        if self._owed_s is not None:
            self._owed_s = now_s
        match event:
            case ReplyAudio() | ToolCall():
                self._begin_turn(sent_until)
            case GenerationComplete():
                self._is_generated = True
            case Interrupted():
                self._interrupt(now_s)
            case TurnComplete(is_waiting):
                self._end_turn(is_waiting=is_waiting)

    def _begin_turn(self, sent_until: Frames) -> None:
        self._owed_s = None
        if self.is_turn_open:
            return
        self.is_turn_open = True
        self._is_generated = self._is_cut = False
        self._has_replied = True
        self._utterance = None
        self.has_text = False
        self._answered_until = sent_until

    def _interrupt(self, now_s: float) -> None:
        """The reply ends here; if nobody cut in, it is missed."""
        is_phantom = not (self._is_cut or self.is_user_speaking or self._utterance is not None)
        if is_phantom and self.is_turn_open and not self._is_generated:
            self._note_empty()
            self._owed_s = now_s
        self._is_cut = True

    def _end_turn(self, *, is_waiting: bool) -> None:
        if not self.is_turn_open and not self._is_cut and self._owed_s is not None:
            self._note_silence(is_waiting=is_waiting)
        if self.is_turn_wanted:
            self._empty_turns = 0
        self.is_turn_open = False
        self._is_cut = False

    def _note_silence(self, *, is_waiting: bool) -> None:
        """A turn without a sound where one was owed."""
        if is_waiting:
            self._owed_s = self._utterance = None
            self.has_text = False
        else:
            self._note_empty()

    def _note_empty(self) -> None:
        self._empty_turns += 1
        self._must_nudge = not self.may_stay_silent

    # --- what follows ---------------------------------------------------------------

    @property
    def is_turn_wanted(self) -> bool:
        """Whether the server is at a turn that nobody has cut yet, here or there."""
        return self.is_turn_open and not self._is_cut

    @property
    def is_quiet(self) -> bool:
        """Whether a change of connection would disturb nobody."""
        return not (self.is_turn_open or self.is_user_speaking or self._owed_s is not None)

    @property
    def is_mute(self) -> bool:
        """Whether the server only sends empty turns."""
        return self._empty_turns >= EMPTY_TURNS

    @property
    def is_cut_short(self) -> bool:
        """Whether a connection that ends now leaves half a reply."""
        return self.is_turn_wanted and not self._is_generated

    def take_nudge(self) -> bool:
        """Whether the server is to be asked again, once."""
        must_nudge, self._must_nudge = self._must_nudge, False
        return must_nudge and not self.is_mute

    def is_stalled(self, now_s: float, *, is_our_turn: bool) -> bool:
        """Whether the server has been silent for too long.

        Args:
            now_s: The time.
            is_our_turn: Whether it waits for a tool of ours.
        """
        if is_our_turn:
            return False
        if self._owed_s is None:
            return self.is_cut_short and now_s - self._last_s >= STALL_S
        if now_s - self._owed_s < STALL_S:
            return False
        if not self._is_reply_certain:
            self._let_go()
            return False
        return True

    def _let_go(self) -> None:
        """The model was not meant, and stays silent: nothing is owed, or said again."""
        self._owed_s = None
        self.has_text = False
        if not self.is_user_speaking:
            self._utterance = None

    @property
    def _is_reply_certain(self) -> bool:
        return not (self.may_stay_silent and self._has_replied and self._has_sign)

    @property
    def has_question(self) -> bool:
        """Whether the user's last words had no reply and will be heard again."""
        return self._utterance is not None

    def replay_from(self, sent_until: Frames) -> Frames:
        """Return the frame from which the next connection is to hear the microphone."""
        proven = sent_until - UNPROVEN
        first = proven if self._utterance is None else min(proven, self._utterance - LEAD)
        return Frames(max(first, self._answered_until))

    def break_off(self) -> bool:
        """The connection has ended; return whether a turn of the model ended with it."""
        was_open = self.is_turn_open
        self._must_go_on = self._must_go_on or self.is_cut_short
        self.is_turn_open = self._is_cut = self._must_nudge = False
        return was_open

    def take_up(self, now_s: float) -> bool:
        """Another connection has begun; return whether half a reply is missing."""
        must_go_on, self._must_go_on = self._must_go_on, False
        self._empty_turns = 0
        self._last_s = now_s
        if self._owed_s is not None:
            self._owed_s = now_s
        return must_go_on and self._utterance is None
