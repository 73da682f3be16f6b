"""Turns found in traces whose times are known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.conversation.endpointing import START_S
from myna.trace import EventName
from myna.turns.follower import BARGE_IN_S, TurnFollower
from support.turn_stories import (
    ANSWERED,
    ASKED,
    END_SILENCE_S,
    HEARD,
    WOKEN,
    Line,
    button,
    happened,
    parts_of,
    state,
    turns_of,
)


def test_turn_from_wake_word_to_silence_has_every_part() -> None:
    (turn,) = turns_of(*HEARD)
    assert (turn.began_by, turn.outcome, turn.ended_s) == ("wake", "heard", 16.0)
    assert parts_of(turn) == [
        ("noticing", 210),
        ("connecting", 200),
        ("sending", 40),
        ("speech", 1550),
        ("endpointing", 620),
        ("server", 380),
        ("playout", 10),
        ("reply", 2990),
    ]
    assert turn.waits_ms == {
        "wake_to_first_chunk": 450,
        "end_of_speech_to_first_sound": 1010,
        "our_share_of_first_sound": 630,
        "server_share_of_first_sound": 380,
    }
    assert turn.fields()["total_ms"] == 6000


def test_turn_is_told_once_and_only_when_it_is_over() -> None:
    assert turns_of(*HEARD[:-1]) == []
    assert len(turns_of(*HEARD, state(24.0, "idle"))) == 1


def test_slow_connection_is_what_was_waited_for() -> None:
    (turn,) = turns_of(
        *WOKEN[:5],
        happened(12.6, "speech_ended"),
        happened(13.0, "session_ready"),
        state(13.0, "thinking"),
        happened(13.1, "chunk_sent"),
        happened(13.2, "pause_sent"),
        happened(13.5, "audio_received"),
        state(13.5, "speaking"),
        happened(13.5, "playback_started"),
        happened(14.0, "playback_finished"),
        state(14.0, "listening"),
    )
    assert parts_of(turn) == [
        ("noticing", 210),
        ("speech", 1790),
        ("connecting", 1000),
        ("sending", 100),
        ("endpointing", 100),
        ("server", 300),
        ("playout", 0),
        ("reply", 500),
    ]
    assert "our_share_of_first_sound" not in turn.waits_ms
    assert turn.waits_ms["end_of_speech_to_first_sound"] == 1500


def test_tools_are_ours_and_no_part_of_the_server() -> None:
    (turn,) = turns_of(
        *ASKED,
        happened(12.8, "tool_call"),
        happened(12.8, "tool_call"),
        happened(12.85, "tool_result"),
        happened(12.9, "tool_result"),
        *HEARD[len(ASKED) :],
    )
    assert parts_of(turn)[5:8] == [("server", 180), ("tool", 100), ("server", 100)]
    assert turn.waits_ms["server_share_of_first_sound"] == 280
    assert turn.waits_ms["our_share_of_first_sound"] == 1010 - 280


def test_follow_up_begins_with_the_first_word() -> None:
    _, turn = turns_of(
        *HEARD,
        happened(18.0, "speech_started"),
        happened(19.6, "speech_ended"),
        state(19.6, "thinking"),
        happened(19.7, "audio_received"),
        state(19.7, "speaking"),
        happened(19.7, "playback_started"),
        happened(20.0, "playback_finished"),
        state(20.0, "idle"),
    )
    assert turn.began_by == "speech"
    speech, server, *_ = parts_of(turn)
    assert speech == ("speech", round(1000 * (1.0 + START_S)))
    assert server == ("server", 700)  # it found the end by itself


def test_user_who_waited_after_the_wake_word_begins_with_the_first_word() -> None:
    lines: list[Line] = [
        happened(1.0, "wake"),
        state(1.0, "waking"),
        happened(4.1, "speech_started"),
        state(4.1, "connecting"),
        happened(4.3, "chunk_sent"),
        state(9.0, "offline"),
    ]
    (turn,) = turns_of(*lines)
    assert turn.waits_ms == {"wake_to_first_chunk": round(1000 * (0.2 + START_S))}


def test_wait_for_a_word_that_the_session_was_opened_for_is_no_latency() -> None:
    (turn,) = turns_of(
        happened(1.0, "wake"),
        state(1.0, "waking"),
        state(1.0, "connecting"),
        happened(1.0, "session_opening"),
        happened(1.2, "session_ready"),
        state(1.2, "listening"),
        happened(1.3, "chunk_sent"),
        happened(4.0, "speech_started"),
        happened(5.0, "speech_ended"),
        state(5.0, "thinking"),
        state(20.0, "listening"),
    )
    assert turn.waits_ms == {}
    assert parts_of(turn) == [("speech", 500), ("in vain", 15_600)]


def test_repeated_wake_word_counts_from_the_last_one() -> None:
    again = happened(9.5, "wake"), state(9.5, "waking")
    (turn,) = turns_of(*again, WOKEN[0], *HEARD[2:])
    assert turn.waits_ms["wake_to_first_chunk"] == 450


def test_wake_word_within_a_conversation_changes_nothing() -> None:
    (turn,) = turns_of(*WOKEN, happened(11.0, "wake"), *HEARD[len(WOKEN) :])
    assert turn == turns_of(*HEARD)[0]


@pytest.mark.parametrize("rest", ["idle", "muted", "ringing"])
def test_nobody_spoke_and_there_was_no_turn(rest: str) -> None:
    assert turns_of(happened(1.0, "wake"), state(1.0, "waking"), state(6.0, rest)) == []
    assert turns_of(button(1.0, "press"), state(1.0, "connecting"), state(6.0, rest)) == []


@pytest.mark.parametrize("rest", ["idle", "muted", "offline", "ringing", "listening"])
def test_turn_without_a_reply_is_unanswered(rest: str) -> None:
    (turn,) = turns_of(*ASKED, state(20.0, rest))
    assert turn.outcome == "unanswered"
    assert parts_of(turn)[-1] == ("in vain", 20_000 - 12_620)
    assert turn.waits_ms == {"wake_to_first_chunk": 450}


def test_session_that_fails_is_a_turn_even_before_a_word() -> None:
    press = button(1.0, "press"), state(1.0, "connecting"), happened(1.0, "session_opening")
    (turn,) = turns_of(*press, state(3.0, "offline"))
    assert (turn.began_by, turn.outcome) == ("button", "unanswered")
    assert parts_of(turn) == [("noticing", 0), ("in vain", 2000)]


def test_pause_is_not_the_end_of_speech() -> None:
    went_on = happened(12.8, "speech_started"), state(12.8, "listening")
    over = happened(14.6, "speech_ended"), state(14.6, "thinking"), happened(14.7, "pause_sent")
    reply = [(t + 3.0, event, fields) for t, event, fields in HEARD[len(ASKED) :]]
    (turn,) = turns_of(*ASKED, *went_on, *over, *reply)
    assert parts_of(turn)[3:6] == [("speech", 3550), ("endpointing", 700), ("server", 1300)]


def test_reply_to_somebody_who_still_speaks_has_no_wait() -> None:
    went_on = happened(12.8, "speech_started"), state(12.8, "listening")
    (turn, _) = turns_of(*ASKED, *went_on, *HEARD[len(ASKED) :], state(18.0, "idle"))
    assert "end_of_speech_to_first_sound" not in turn.waits_ms


def test_end_of_speech_that_is_found_after_the_reply_began_still_counts() -> None:
    found_late = happened(13.2, "speech_ended")
    (turn,) = turns_of(*WOKEN, *ANSWERED[len(ASKED) :], found_late, *HEARD[len(ANSWERED) :])
    assert turn.waits_ms["end_of_speech_to_first_sound"] == 410
    assert turn.waits_ms["server_share_of_first_sound"] == 400
    too_late = happened(15.0, "speech_ended")
    (turn,) = turns_of(*WOKEN, *ANSWERED[len(ASKED) :], too_late, *HEARD[len(ANSWERED) :])
    assert "end_of_speech_to_first_sound" not in turn.waits_ms


# --- the button -------------------------------------------------------------------------


def test_talking_with_the_button_lasts_from_press_to_release() -> None:
    (turn,) = turns_of(
        button(4.0, "talk"),
        state(4.0, "connecting"),
        happened(4.0, "session_opening"),
        happened(4.2, "session_ready"),
        state(4.2, "listening"),
        happened(4.2, "chunk_sent"),
        button(5.0, "over"),
        state(5.0, "thinking"),
        *HEARD[len(ASKED) :],
    )
    assert turn.began_by == "button"
    assert turn.waits_ms["end_of_speech_to_first_sound"] == 8010
    assert ("speech", 800) in parts_of(turn)


def test_press_of_a_talk_button_that_says_yes_is_no_speech() -> None:
    yes = button(12.7, "talk"), button(12.8, "over")
    assert turns_of(*ASKED, *yes, *HEARD[len(ASKED) :]) == turns_of(*HEARD)


def test_talk_that_the_user_breaks_off_is_unanswered() -> None:
    (turn,) = turns_of(button(4.0, "talk"), state(4.0, "connecting"), state(5.0, "idle"))
    assert (turn.began_by, turn.outcome) == ("button", "unanswered")


def test_speech_of_a_conversation_that_ended_is_none_of_the_next() -> None:
    broken_off = *WOKEN, state(11.0, "idle")
    press = button(20.0, "press"), state(20.0, "connecting"), state(21.0, "idle")
    assert len(turns_of(*broken_off, *press)) == 1


def test_talking_on_with_the_button_is_the_same_turn() -> None:
    on = button(12.7, "talk"), state(12.7, "listening"), button(12.9, "over")
    (turn,) = turns_of(*ASKED, *on, state(12.9, "thinking"), *HEARD[len(ASKED) :])
    assert turn.waits_ms["end_of_speech_to_first_sound"] == 110


def test_button_that_is_let_go_without_having_talked_means_nothing() -> None:
    assert turns_of(*ASKED, button(12.8, "over"), *HEARD[len(ASKED) :]) == turns_of(*HEARD)


# --- the reply --------------------------------------------------------------------------


def test_reply_goes_on_after_a_tool_in_the_same_turn() -> None:
    (turn,) = turns_of(
        *HEARD[:-1],
        state(16.0, "thinking"),
        happened(17.0, "chunk_sent"),
        happened(18.0, "audio_received"),
        state(18.0, "speaking"),
        happened(18.0, "playback_started"),
        happened(19.0, "playback_finished"),
        state(19.0, "listening"),
    )
    assert parts_of(turn)[-1] == ("reply", 5990)


def test_reply_before_a_tool_that_says_nothing_was_heard() -> None:
    (turn,) = turns_of(*HEARD[:-1], state(16.0, "thinking"), state(17.0, "listening"))
    assert (turn.outcome, parts_of(turn)[-1]) == ("heard", ("reply", 2990))


def test_announcement_is_a_turn_that_a_command_began() -> None:
    (turn,) = turns_of(
        state(1.0, "connecting"),
        happened(1.0, "session_opening"),
        happened(1.2, "session_ready"),
        state(1.2, "thinking"),
        happened(1.5, "audio_received"),
        state(1.5, "speaking"),
        happened(1.5, "playback_started"),
        happened(2.0, "playback_finished"),
        state(2.0, "idle"),
    )
    assert (turn.began_by, turn.outcome, turn.waits_ms) == ("command", "heard", {})


def test_reply_that_nobody_asked_for_is_the_servers_turn() -> None:
    again = [(t + 10.0, event, fields) for t, event, fields in HEARD[len(ASKED) :]]
    _, turn = turns_of(*HEARD, *again)
    assert turn.began_by == "server"
    assert parts_of(turn) == [("server", 0), ("playout", 10), ("reply", 2990)]


# --- barge-in ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cut_in", "began_s"),
    [
        ([happened(14.0, "wake")], 14.0),
        ([button(14.0, "press")], 14.0),
        ([button(14.0, "talk")], 14.0),
        ([happened(14.0, "interrupted")], 14.0),
        ([happened(14.0, "speech_started")], 14.0 - START_S),
        ([happened(14.0, "speech_started"), happened(14.4, "interrupted")], 14.0 - START_S),
    ],
)
def test_barge_in_lasts_until_the_reply_is_cut(cut_in: list[Line], began_s: float) -> None:
    cut = state(14.5, "listening"), happened(14.5, "playback_flushed")
    (turn,) = turns_of(*ANSWERED, *cut_in, *cut)
    wait_ms = round(1000 * (14.5 - began_s))
    assert turn.outcome == "cut"
    assert turn.waits_ms["barge_in_to_silence"] == wait_ms
    assert parts_of(turn)[-2:] == [("reply", 1490 - wait_ms), ("cutting", wait_ms)]


def test_barge_in_leaves_out_a_cough_long_before() -> None:
    reply = *ANSWERED, happened(14.0, "speech_started"), happened(14.9, "speech_ended")
    wake_s = 14.0 - START_S + BARGE_IN_S
    cut = happened(wake_s, "wake"), state(wake_s, "listening"), happened(16.0, "playback_flushed")
    (turn,) = turns_of(*reply, *cut)
    assert turn.waits_ms["barge_in_to_silence"] == 100


def test_cough_before_the_reply_sounds_cuts_nothing() -> None:
    cough = *ANSWERED[:-1], happened(13.005, "speech_started"), ANSWERED[-1]
    cut = state(14.5, "ringing"), happened(14.5, "playback_flushed")
    (turn,) = turns_of(*cough, *cut)
    assert turn.outcome == "cut"
    assert "barge_in_to_silence" not in turn.waits_ms


def test_nothing_is_cut_where_nothing_sounds() -> None:
    assert turns_of(happened(2.0, "playback_flushed")) == []
    assert turns_of(*ASKED, happened(12.9, "playback_flushed")) == []
    assert len(turns_of(*ASKED, state(13.0, "idle"), happened(13.0, "playback_flushed"))) == 1


def test_who_cuts_in_begins_the_next_turn() -> None:
    cut = happened(14.0, "speech_started"), happened(14.2, "interrupted")
    over = state(14.2, "listening"), happened(14.2, "playback_flushed")
    asked = happened(16.0, "speech_ended"), state(16.0, "thinking")
    reply = [(t + 4.0, event, fields) for t, event, fields in HEARD[len(ASKED) :]]
    _, turn = turns_of(*ANSWERED, *cut, *over, *asked, *reply)
    assert turn.began_by == "barge-in"
    assert parts_of(turn)[:2] == [("speech", 1500), ("server", 1600)]


def test_who_cut_in_and_has_finished_waits_for_the_next_reply() -> None:
    cut = happened(14.0, "speech_started"), happened(15.0, "speech_ended")
    over = (
        happened(15.5, "interrupted"),
        state(15.5, "thinking"),
        happened(15.5, "playback_flushed"),
    )
    reply = [(t + 4.0, event, fields) for t, event, fields in HEARD[len(ASKED) :]]
    _, turn = turns_of(*ANSWERED, *cut, *over, *reply)
    assert parts_of(turn)[:2] == [("speech", 500), ("server", 2600)]


def test_barge_in_that_only_the_server_has_heard_may_be_unanswered() -> None:
    cut = happened(14.0, "interrupted"), state(14.0, "thinking"), happened(14.0, "playback_flushed")
    _, turn = turns_of(*ANSWERED, *cut, state(29.0, "listening"))
    assert (turn.began_by, parts_of(turn)) == ("barge-in", [("in vain", 15_000)])


def test_press_that_only_silences_the_reply_begins_no_turn() -> None:
    cut = button(14.0, "press"), state(14.0, "listening"), happened(14.0, "playback_flushed")
    assert len(turns_of(*ANSWERED, *cut, happened(14.1, "chunk_sent"), state(22.0, "idle"))) == 1


def test_reply_that_came_to_a_halt_is_cut_once_it_goes_on() -> None:
    halt = happened(14.0, "playback_finished"), happened(14.5, "playback_started")
    cut = happened(15.0, "wake"), state(15.0, "listening"), happened(15.0, "playback_flushed")
    (turn,) = turns_of(*ANSWERED, *halt, *cut)
    assert (turn.outcome, parts_of(turn)[-2:]) == ("cut", [("reply", 1990), ("cutting", 0)])


def test_reply_may_be_cut_before_it_sounds() -> None:
    cut = happened(13.005, "wake"), state(13.005, "idle"), happened(13.005, "playback_flushed")
    (turn,) = turns_of(*ANSWERED[:-1], *cut)
    assert (turn.outcome, parts_of(turn)[-1]) == ("cut", ("cutting", 0))


def test_who_cuts_in_and_is_cut_off_is_unanswered() -> None:
    cut = happened(14.0, "speech_started"), happened(14.2, "interrupted")
    over = state(14.2, "listening"), happened(14.2, "playback_flushed")
    _, turn = turns_of(*ANSWERED, *cut, *over, state(15.0, "idle"))
    assert (turn.began_by, turn.outcome) == ("barge-in", "unanswered")


def test_one_reply_is_cut_once() -> None:
    cut = happened(14.0, "interrupted"), state(14.0, "thinking"), happened(14.0, "playback_flushed")
    assert len(turns_of(*ANSWERED, *cut, happened(14.1, "playback_flushed"))) == 1


def test_reply_that_is_cut_by_an_alarm_has_no_barge_in() -> None:
    cut = state(14.0, "ringing"), happened(14.0, "playback_flushed")
    (turn,) = turns_of(*ANSWERED, *cut)
    assert (turn.outcome, parts_of(turn)[-1]) == ("cut", ("reply", 990))


def test_who_speaks_over_the_end_of_a_reply_begins_a_turn() -> None:
    over_the_end = happened(15.9, "speech_started"), *HEARD[-2:], happened(17.0, "speech_ended")
    _, turn = turns_of(*ANSWERED, *over_the_end, state(17.0, "thinking"), state(32.0, "listening"))
    assert (turn.began_by, parts_of(turn)[0]) == ("speech", ("speech", 600))


# --- whatever happens -------------------------------------------------------------------

EVENTS: list[EventName] = [
    *("wake", "chunk_sent", "speech_started", "speech_ended", "playback_started", "pause_sent"),
    *("interrupted", "playback_flushed", "playback_finished", "lights", "audio_received"),
    *("session_opening", "session_ready", "tool_call", "tool_result", "turn_timing"),
]
STATES = ["idle", "waking", "connecting", "listening", "thinking", "speaking", "muted", "offline"]
LINES: st.SearchStrategy[tuple[EventName, dict[str, str]]] = st.one_of(
    st.builds(lambda event: (event, {}), st.sampled_from(EVENTS)),
    st.builds(lambda to: ("state", {"to": to}), st.sampled_from(STATES)),
    st.builds(
        lambda gesture: ("button", {"gesture": gesture}),
        st.sampled_from(["press", "talk", "over", "hold"]),
    ),
)


@given(st.lists(st.tuples(st.floats(0.0, 3.0), LINES), max_size=80))
def test_no_order_of_events_makes_a_time_negative(story: list[tuple[float, Any]]) -> None:
    follower, t = TurnFollower(END_SILENCE_S), 0.0
    for pause_s, (event, fields) in story:
        t += pause_s
        turn = follower.note(t, event, fields)
        if turn is not None:
            assert turn.parts
            assert min(part.ms for part in turn.parts) >= 0
            assert all(wait_ms >= 0 for wait_ms in turn.waits_ms.values())
            assert turn.fields()["total_ms"] <= 1000 * t + 1
