"""Samples of every state and event, and a way to run a conversation's table."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from myna.conversation import events as ev
from myna.conversation.effects import Effect
from myna.conversation.events import Event, Trouble
from myna.conversation.states import (
    Connecting,
    Idle,
    Listening,
    Muted,
    Offline,
    Ringing,
    Speaking,
    State,
    Talk,
    Thinking,
    Waking,
)
from myna.conversation.table import step
from myna.line.ledger import ToolAnswer
from myna.live import events as live
from myna_hardware.units import Frames

NO_NETWORK = Trouble("no network", "network")
BAD_KEY = Trouble("bad key", "key")

TALKS: SearchStrategy[Talk] = st.builds(
    Talk,
    is_user_speaking=st.booleans(),
    is_users_turn=st.booleans(),
    has_called=st.booleans(),
    pending_calls=st.frozensets(st.sampled_from(["a", "b"])),
    is_discarding=st.booleans(),
    is_last_turn=st.booleans(),
    is_silent=st.booleans(),
    is_by_button=st.booleans(),
    trouble=st.sampled_from([None, NO_NETWORK, BAD_KEY]),
)

MUTED: SearchStrategy[Muted] = st.builds(Muted, st.booleans())

ASKED: SearchStrategy[tuple[ev.RingAsked, ...]] = st.sampled_from(
    [(ev.RingAsked("pasta", 1),), (ev.RingAsked("pasta", 1), ev.RingAsked("eggs", 2))]
)

STATES: dict[type[State], SearchStrategy[State]] = {
    Idle: st.just(Idle()),
    Waking: st.builds(Waking, st.just(Frames(7)), st.booleans()),
    Connecting: st.builds(
        Connecting,
        frame=st.one_of(st.none(), st.just(Frames(7))),
        text=st.one_of(st.none(), st.just("hello")),
        has_user_spoken=st.booleans(),
        must_chime=st.booleans(),
        talk=TALKS,
    ),
    Listening: st.builds(Listening, TALKS, st.sampled_from([None, Frames(80)])),
    Thinking: st.builds(Thinking, TALKS),
    Speaking: st.builds(Speaking, TALKS, is_turn_complete=st.booleans(), is_drained=st.booleans()),
    Muted: MUTED,
    Offline: st.sampled_from([Offline(NO_NETWORK), Offline(BAD_KEY)]),
    Ringing: st.builds(Ringing, ASKED, st.one_of(st.none(), MUTED)),
}

EVENTS: dict[type[Event], SearchStrategy[Event]] = {
    ev.WakeHeard: st.just(ev.WakeHeard("okay_nabu", 0.9, Frames(100), Frames(80))),
    ev.StopHeard: st.builds(ev.StopHeard, st.sampled_from([Frames(90), Frames(90_000)])),
    ev.WakeTrusted: st.just(ev.WakeTrusted()),
    ev.UserWaits: st.just(ev.UserWaits()),
    ev.Pressed: st.just(ev.Pressed(Frames(100))),
    ev.Held: st.just(ev.Held()),
    ev.ListenAsked: st.just(ev.ListenAsked(Frames(100))),
    ev.StopAsked: st.just(ev.StopAsked()),
    ev.SayAsked: st.just(ev.SayAsked("dinner")),
    ev.MuteAsked: st.just(ev.MuteAsked()),
    ev.UnmuteAsked: st.just(ev.UnmuteAsked()),
    ev.TalkHeld: st.just(ev.TalkHeld(Frames(100))),
    ev.MuteLocked: st.just(ev.MuteLocked()),
    ev.MuteUnlocked: st.just(ev.MuteUnlocked()),
    ev.SpeechStarted: st.just(ev.SpeechStarted(Frames(50))),
    ev.SpeechEnded: st.just(ev.SpeechEnded()),
    ev.SessionLost: st.builds(ev.SessionLost, st.sampled_from([None, NO_NETWORK, BAD_KEY])),
    ev.ToolFinished: st.builds(
        ev.ToolFinished,
        st.builds(
            ToolAnswer,
            st.sampled_from(["a", "b", "c"]),
            st.just("look"),
            st.just({"output": "ok"}),
        ),
        st.booleans(),
    ),
    ev.PlaybackFinished: st.just(ev.PlaybackFinished()),
    ev.NobodySpoke: st.just(ev.NobodySpoke()),
    ev.ReplyOverdue: st.just(ev.ReplyOverdue()),
    ev.NoticeOver: st.just(ev.NoticeOver()),
    ev.LimitReached: st.just(ev.LimitReached()),
    ev.RingAsked: st.just(ev.RingAsked("eggs", 3)),
    ev.RingOver: st.builds(ev.RingOver, st.sampled_from([1, 2])),
    live.SessionReady: st.just(live.SessionReady()),
    live.UserText: st.just(live.UserText("hello")),
    live.ReplyAudio: st.just(live.ReplyAudio(b"\1\0")),
    live.Interrupted: st.just(live.Interrupted()),
    live.TurnComplete: st.just(live.TurnComplete()),
    live.ToolCall: st.builds(
        live.ToolCall, st.sampled_from(["a", "b"]), st.just("look"), st.just({})
    ),
    live.ToolCallsCancelled: st.just(live.ToolCallsCancelled(("a",))),
}


def run(state: State, *events: Event) -> tuple[State, list[Effect]]:
    """Feed `events` one after another; return the last state and all effects."""
    effects: list[Effect] = []
    for event in events:
        state, more = step(state, event)
        effects += more
    return state, effects
