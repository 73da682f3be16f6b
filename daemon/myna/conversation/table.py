"""The conversation as one table: (state, event) -> rule.

PURE. Theory of operation. The shell posts events one at a time; `step` finds the
rule for the pair and returns the next state and the effects to perform, in order.
A conversation runs Idle -> Waking -> Connecting -> Listening -> Thinking -> Speaking and back
to Listening for the follow-up, until somebody or something ends it. Wherever it is,
mute, stop and a ringing timer end it; a session that is lost and cannot be healed ends
it with trouble shown.

Rules for editing. Every pair stands in exactly one place: in `TABLE` with the states
it may lead to; in `LATE`, where the event is an echo of something that has just
ended and means nothing; or nowhere, and then it cannot happen and `step` refuses it.
A test walks all pairs, and README's diagram is drawn from `TABLE`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from myna.conversation import talking, waiting
from myna.conversation.effects import Effect
from myna.conversation.events import (
    Event,
    Held,
    LimitReached,
    ListenAsked,
    MuteAsked,
    MuteLocked,
    MuteUnlocked,
    NobodySpoke,
    NoticeOver,
    PlaybackFinished,
    Pressed,
    ReplyOverdue,
    RingAsked,
    RingOver,
    SayAsked,
    SessionLost,
    SpeechEnded,
    SpeechStarted,
    StopAsked,
    StopHeard,
    TalkHeld,
    ToolFinished,
    UnmuteAsked,
    UserWaits,
    WakeHeard,
    WakeTrusted,
)
from myna.conversation.states import (
    Connecting,
    Idle,
    Listening,
    Muted,
    Offline,
    Ringing,
    Speaking,
    State,
    Thinking,
    Waking,
    name_of,
)
from myna.errors import MynaError
from myna.live.events import (
    Interrupted,
    ReplyAudio,
    SessionReady,
    ToolCall,
    ToolCallsCancelled,
    TurnComplete,
    UserText,
)

# A rule is written for its own state and event; the table is what matches them.
Rule = Callable[[Any, Any], tuple[State, tuple[Effect, ...]]]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of the table: the rule, and every kind of state it may lead to."""

    rule: Rule
    targets: tuple[type[State], ...]


class RefusedEventError(MynaError):
    """An event that cannot happen in this state: a bug of ours, survived by ignoring it."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(state, event)
        self.state = state
        self.event = event

    def __str__(self) -> str:
        return f"{type(self.event).__name__} cannot happen while {name_of(self.state)}"


def _row(rule: Rule, *targets: type[State]) -> Row:
    return Row(rule, targets)


_START = {
    WakeHeard: _row(waiting.wake, Waking),
    Pressed: _row(waiting.start_listening, Connecting),
    ListenAsked: _row(waiting.start_listening, Connecting),
    TalkHeld: _row(waiting.start_talking, Connecting),
    SayAsked: _row(waiting.start_announcing, Connecting),
    Held: _row(waiting.mute, Muted),
    MuteAsked: _row(waiting.mute, Muted),
    MuteLocked: _row(waiting.mute, Muted),
    RingAsked: _row(waiting.ring, Ringing),
}

_END = {
    StopAsked: _row(talking.end, Idle),
    LimitReached: _row(talking.end_at_limit, Idle),
    Held: _row(talking.end_muted, Muted),
    MuteAsked: _row(talking.end_muted, Muted),
    MuteLocked: _row(talking.end_muted, Muted),
    RingAsked: _row(talking.end_ringing, Ringing),
}

_STOP_RING = _row(waiting.stop_ringing, Idle, Muted)

TABLE: dict[type[State], dict[type[Event], Row]] = {
    Idle: _START,
    Offline: {
        **_START,
        StopAsked: _row(waiting.calm_down, Idle),
        NoticeOver: _row(waiting.calm_down, Idle),
    },
    Muted: {
        Held: _row(waiting.unmute, Idle, Muted),
        UnmuteAsked: _row(waiting.unmute, Idle, Muted),
        MuteUnlocked: _row(waiting.unmute, Idle),
        MuteLocked: _row(waiting.lock, Muted),
        RingAsked: _row(waiting.ring, Ringing),
    },
    Ringing: {
        WakeHeard: _STOP_RING,
        StopHeard: _STOP_RING,
        Pressed: _STOP_RING,
        TalkHeld: _STOP_RING,
        StopAsked: _STOP_RING,
        Held: _row(waiting.snooze, Idle, Muted),
        RingAsked: _row(waiting.ring_too, Ringing),
        RingOver: _row(waiting.ring_over, Ringing, Idle, Muted),
        MuteAsked: _row(waiting.mute_ringing, Ringing),
        MuteLocked: _row(waiting.mute_ringing, Ringing),
        UnmuteAsked: _row(waiting.unmute_ringing, Ringing),
        MuteUnlocked: _row(waiting.unmute_ringing, Ringing),
    },
    Waking: {
        # Repeated in vain or not, the last wake word counts.
        WakeHeard: _row(waiting.wake, Waking),
        # The stop word is speech like any other: "okay nabu, stop the radio".
        StopHeard: _row(waiting.open_for_speech, Connecting),
        SpeechStarted: _row(waiting.open_for_speech, Connecting),
        TalkHeld: _row(waiting.start_talking, Connecting),
        ListenAsked: _row(waiting.open_trusting, Connecting),
        WakeTrusted: _row(waiting.open_trusting, Connecting),
        SayAsked: _row(waiting.open_to_announce, Connecting),
        UserWaits: _row(waiting.chime, Waking),
        # It shows that it listens, and a press then ends that, as everywhere.
        Pressed: _row(waiting.sleep, Idle),
        StopAsked: _row(waiting.sleep, Idle),
        NobodySpoke: _row(waiting.sleep, Idle),
        Held: _row(waiting.sleep_muted, Muted),
        MuteAsked: _row(waiting.sleep_muted, Muted),
        MuteLocked: _row(waiting.sleep_muted, Muted),
        RingAsked: _row(waiting.sleep_ringing, Ringing),
    },
    Connecting: {
        **_END,
        Pressed: _row(talking.end, Idle),
        TalkHeld: _row(talking.talk_while_connecting, Connecting),
        UserWaits: _row(talking.chime, Connecting),
        SpeechStarted: _row(talking.hear_while_connecting, Connecting),
        SpeechEnded: _row(talking.hear_while_connecting, Connecting),
        SessionReady: _row(talking.begin, Listening, Thinking),
        SessionLost: _row(talking.fail, Offline, Idle),
    },
    Listening: {
        **_END,
        Pressed: _row(talking.end, Idle),
        WakeHeard: _row(talking.hear_wake, Listening),
        TalkHeld: _row(talking.hear_talk, Listening),
        SayAsked: _row(talking.say, Listening),
        SpeechStarted: _row(talking.hear_start, Listening),
        SpeechEnded: _row(talking.hear_end, Thinking),
        StopHeard: _row(talking.hear_stop, Listening, Idle),
        NobodySpoke: _row(talking.end_by_itself, Idle),
        UserText: _row(talking.hear_words, Listening),
        ReplyAudio: _row(talking.hear_reply, Speaking, Listening),
        TurnComplete: _row(talking.turn_without_audio, Listening),
        Interrupted: _row(talking.interrupted_early, Listening),
        ToolCall: _row(talking.call_tool, Thinking, Listening),
        ToolFinished: _row(talking.answer_tool, Listening),
        ToolCallsCancelled: _row(talking.cancel_tools, Listening),
        SessionLost: _row(talking.fail, Offline, Idle),
    },
    Thinking: {
        **_END,
        Pressed: _row(talking.end, Idle),
        TalkHeld: _row(talking.hear_talk, Listening),
        SayAsked: _row(talking.say, Thinking),
        SpeechStarted: _row(talking.hear_start, Listening),
        SpeechEnded: _row(talking.hear_end, Thinking),
        StopHeard: _row(talking.end, Idle),
        ReplyOverdue: _row(talking.listen_again, Listening, Idle),
        UserText: _row(talking.hear_words, Thinking),
        ReplyAudio: _row(talking.hear_reply, Speaking, Thinking),
        TurnComplete: _row(talking.turn_without_audio, Thinking, Listening, Idle),
        Interrupted: _row(talking.interrupted_early, Thinking),
        ToolCall: _row(talking.call_tool, Thinking),
        ToolFinished: _row(talking.answer_tool, Thinking),
        ToolCallsCancelled: _row(talking.cancel_tools, Thinking),
        SessionLost: _row(talking.fail, Offline, Idle),
    },
    Speaking: {
        **_END,
        WakeHeard: _row(talking.barge_in, Listening, Idle),
        StopHeard: _row(talking.barge_in, Listening, Idle),
        Pressed: _row(talking.barge_in, Listening, Idle),
        TalkHeld: _row(talking.talk_over_reply, Listening, Idle),
        SayAsked: _row(talking.say, Speaking),
        SpeechStarted: _row(talking.hear_over_reply, Speaking),
        SpeechEnded: _row(talking.hear_over_reply, Speaking),
        UserText: _row(talking.hear_words, Speaking),
        ReplyAudio: _row(talking.hear_more, Speaking),
        PlaybackFinished: _row(talking.drained, Speaking, Listening, Thinking, Idle, Offline),
        TurnComplete: _row(talking.reply_complete, Speaking, Listening, Thinking, Idle, Offline),
        Interrupted: _row(talking.interrupted, Listening, Thinking),
        ReplyOverdue: _row(talking.listen_again, Listening, Idle),
        ToolCall: _row(talking.call_tool, Speaking),
        ToolFinished: _row(talking.answer_tool, Speaking),
        ToolCallsCancelled: _row(talking.cancel_tools, Speaking),
        SessionLost: _row(talking.lose_session_while_speaking, Speaking, Idle, Offline),
    },
}

_UNMUTE: tuple[type[Event], ...] = (UnmuteAsked, MuteUnlocked)

# What asks for something that is already so.
_ALREADY: dict[type[State], frozenset[type[Event]]] = {
    Idle: frozenset({StopAsked, StopHeard, *_UNMUTE}),
    Offline: frozenset({StopHeard, *_UNMUTE}),
    Muted: frozenset(
        {MuteAsked, StopAsked, StopHeard, Pressed, TalkHeld, ListenAsked, SayAsked, WakeHeard}
    ),
    Ringing: frozenset({ListenAsked, SayAsked}),
    Waking: frozenset(_UNMUTE),
    # Here the stop word is part of what the user says to the model.
    Connecting: frozenset({WakeHeard, StopHeard, ListenAsked, SayAsked, *_UNMUTE}),
    Listening: frozenset({ListenAsked, *_UNMUTE}),
    Thinking: frozenset({WakeHeard, ListenAsked, *_UNMUTE}),
    Speaking: frozenset({ListenAsked, *_UNMUTE}),
}

# Echoes of a conversation, or of a state, that ended while they were on their way.
_ECHOES: frozenset[type[Event]] = frozenset(
    {
        *(SpeechStarted, SpeechEnded, PlaybackFinished, ToolFinished),
        *(WakeTrusted, UserWaits, NobodySpoke, ReplyOverdue, NoticeOver, LimitReached),
        RingOver,
        *(SessionReady, SessionLost, UserText, ReplyAudio, Interrupted, TurnComplete),
        *(ToolCall, ToolCallsCancelled),
    }
)

_IMPOSSIBLE: dict[type[State], frozenset[type[Event]]] = {
    # The protocol yields nothing before the session is ready, and is ready once.
    Connecting: frozenset(
        {UserText, ReplyAudio, Interrupted, TurnComplete, ToolCall, ToolCallsCancelled}
    ),
    Listening: frozenset({SessionReady}),
    Thinking: frozenset({SessionReady}),
    Speaking: frozenset({SessionReady}),
}

LATE: dict[type[State], frozenset[type[Event]]] = {
    state: (_ECHOES | _ALREADY[state]) - _IMPOSSIBLE.get(state, frozenset()) - rows.keys()
    for state, rows in TABLE.items()
}


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """Return the state after `event`, and what is to be done, in order.

    Raises:
        RefusedEventError: The event cannot happen in this state.
    """
    row = TABLE[type(state)].get(type(event))
    if row is not None:
        return row.rule(state, event)
    if type(event) in LATE[type(state)]:
        return state, ()
    raise RefusedEventError(state, event)
