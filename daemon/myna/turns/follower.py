"""Follows the turns of a conversation in its trace. PURE.

It knows nothing but events and their times, so that a trace file tells the same as the
running speaker. The finders of speech are sure only a while after the fact; that while is
taken off again.

A turn begins when the conversation does, when the user speaks again, or when they cut in. It
is over when its reply has been heard out, when that is cut, or when no reply comes. A
conversation in which nobody said anything has no turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from myna.conversation.endpointing import START_S
from myna.trace import EventName
from myna.turns.timing import Beginning, Mark, Timing
from myna.turns.turn import Turn

ONE_BREATH_S: Final = 1.0
"""Whoever speaks later than this after the wake word has waited for something."""

BARGE_IN_S: Final = 2.0
"""What began earlier than so long before the reply was cut is not what cut it."""

ORDER_S: Final = 0.5
"""What made the conversation change was not longer ago than this."""

AT_REST: Final = frozenset({"idle", "muted", "offline", "ringing"})

_MARKS: Final[Mapping[EventName, Mark]] = {
    "session_opening": "session_opening",
    "session_ready": "session_ready",
    "chunk_sent": "first_chunk",
    "pause_sent": "pause_sent",
    "tool_call": "tool_call",
    "tool_result": "tool_result",
}


class TurnFollower:
    """Finds turns; `note` takes what an observer of the trace is told.

    Args:
        end_silence_s: How long after the last word speech is known to be over.
    """

    def __init__(self, end_silence_s: float) -> None:
        self._end_silence_s = end_silence_s
        self._turn: Turn | None = None
        self._state = "idle"
        self._order: tuple[Beginning, float] = ("command", 0.0)
        self._talk_s = -ORDER_S
        self._is_speech, self._speech_s = False, (0.0, 0.0)
        self._audio_s = self._sounded_until_s = 0.0
        self._is_sounding = self._is_being_cut = False
        self._cut_in_s: float | None = None

    def note(self, t: float, event: EventName, fields: Mapping[str, object]) -> Timing | None:
        """Take an event that happened at `t` seconds; return a turn that is over with it."""
        match event:
            case "state":
                return self._note_state(t, str(fields["to"]))
            case "playback_flushed":
                return self._note_silence(t)
            case "wake" | "button" | "speech_started" | "speech_ended":
                self._note_user(t, event, fields)
            case "interrupted" if self._state == "speaking":
                self._cut_in(t)
            case "audio_received" | "playback_started" | "playback_finished":
                self._note_reply(t, event)
            case _ if self._turn is not None and event in _MARKS:
                self._turn.meet_before_reply(_MARKS[event], t)
        return None

    # --- the user -------------------------------------------------------------------

    def _note_user(self, t: float, event: EventName, fields: Mapping[str, object]) -> None:
        match event, fields.get("gesture"):
            case "speech_started", _:
                self._start_speech(t - START_S)
            case "speech_ended", _:
                self._end_speech(t - self._end_silence_s)
            case "button", "over":
                self._end_speech(t)
            case "button", "talk":
                self._give_order("button", t)
                self._talk(t)
            case ("wake" | "button") as by, _:
                self._give_order(by, t)

    def _give_order(self, by: Beginning, t: float) -> None:
        """The wake word or the button: where a conversation begins, that is its beginning."""
        self._order = (by, t)
        if self._state == "speaking":
            self._cut_in(t)
        elif self._state == "waking":
            self._turn = Turn(by, t)

    def _talk(self, t: float) -> None:
        """The button is down; while something waits for a yes that is no speech."""
        if self._state == "thinking":
            self._talk_s = t
        else:
            self._start_speech(t)

    def _start_speech(self, at_s: float) -> None:
        self._is_speech, self._speech_s = True, (at_s, at_s)
        if self._state == "speaking":
            self._cut_in(at_s)
        elif self._state not in AT_REST:
            self._turn = self._turn or Turn("speech", at_s)
            self._turn.hear(at_s, ONE_BREATH_S)

    def _end_speech(self, at_s: float) -> None:
        from_s = self._speech_s[0]
        if self._is_speech and self._turn is not None:
            self._turn.hear_end(from_s, max(from_s, at_s))
        self._is_speech, self._speech_s = False, (from_s, at_s)

    def _cut_in(self, at_s: float) -> None:
        """Somebody cuts in; their word and what the server makes of it are one barge-in."""
        if self._cut_in_s is None or at_s - self._cut_in_s >= BARGE_IN_S:
            self._cut_in_s = at_s

    # --- the reply ------------------------------------------------------------------

    def _note_reply(self, t: float, event: EventName) -> None:
        match event:
            case "audio_received":
                self._audio_s = t
            case "playback_started":
                self._is_sounding, self._cut_in_s = True, None  # whoever spoke has cut nothing
                if self._turn is not None:
                    self._turn.meet_sound(t)
            case "playback_finished":
                self._is_sounding, self._sounded_until_s = False, t

    def _begin_reply(self, t: float) -> None:
        self._turn = self._turn or Turn("server", t)
        self._turn.meet_before_reply("first_audio", self._audio_s)
        self._is_sounding, self._cut_in_s = True, None

    def _note_silence(self, t: float) -> Timing | None:
        """The reply was cut, if one sounded; what cut it begins the next turn."""
        turn = self._turn
        if turn is None or not self._is_being_cut:
            return None
        self._is_being_cut = False
        self._turn = None if self._state in AT_REST else self._turn_cutting_in(t)
        return turn.cut(self._cut_in_s, t)

    def _turn_cutting_in(self, t: float) -> Turn:
        turn = Turn("barge-in", t if self._cut_in_s is None else self._cut_in_s)
        from_s, until_s = self._speech_s
        if self._is_speech:
            turn.hear(from_s, ONE_BREATH_S)
        elif self._state == "thinking":
            turn.has_words = True
            if until_s >= turn.began_s:
                turn.hear_end(from_s, until_s)
        return turn

    # --- the conversation -----------------------------------------------------------

    def _note_state(self, t: float, to: str) -> Timing | None:
        was, self._state = self._state, to
        if to in AT_REST:
            self._is_speech = False
        if to == "speaking":
            self._begin_reply(t)
        elif was == "speaking" and self._is_sounding:
            self._is_being_cut = True  # silence follows
        elif was in AT_REST and to not in AT_REST:
            self._begin_conversation(t)
        elif self._is_over(t, was, to):
            return self._finish(t)
        return None

    def _begin_conversation(self, t: float) -> None:
        by, ordered_s = self._order
        is_ordered = t - ordered_s < ORDER_S
        self._turn = Turn(by, ordered_s) if is_ordered else Turn("command", t)
        if self._is_speech:
            self._turn.hear(self._speech_s[0], ONE_BREATH_S)

    def _is_over(self, t: float, was: str, to: str) -> bool:
        """Tell whether the turn ends, or the user only goes on with it."""
        if was == "thinking" and to == "listening":
            if t - self._talk_s < ORDER_S:
                self._start_speech(self._talk_s)
            return not self._is_speech
        return to in AT_REST or (was == "speaking" and to == "listening")

    def _finish(self, t: float) -> Timing | None:
        turn, self._turn = self._turn, None
        if self._is_speech and self._state == "listening":  # they spoke over its end
            self._start_speech(self._speech_s[0])
        if turn is None:
            return None
        if turn.find("first_audio") is not None:
            return turn.heard(self._sounded_until_s, t)
        is_worth = turn.has_words or self._state == "offline"
        return turn.given_up(t) if is_worth else None
