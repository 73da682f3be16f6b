"""Empty turns, phantom interruptions, half replies, and what is sent again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.line.watch import EMPTY_TURNS, LEAD, STALL_S, UNPROVEN, Watch
from myna.live.events import (
    GenerationComplete,
    Interrupted,
    LiveEvent,
    ReplyAudio,
    ReplyText,
    TurnComplete,
)
from myna_hardware.units import Frames

F = Frames
SOUND = ReplyAudio(bytes(4))
SENT = F(100_000)


def fed(watch: Watch, *events: LiveEvent, now_s: float = 0.0, sent: Frames = SENT) -> Watch:
    for event in events:
        watch.receive(event, sent, now_s)
    return watch


def asked(*, may_stay_silent: bool = False, now_s: float = 0.0, frame: int = 90_000) -> Watch:
    """The user has spoken, and had no reply yet."""
    watch = Watch(may_stay_silent=may_stay_silent)
    watch.hear_start(F(frame))
    watch.hear_end(now_s)
    return watch


def replied(*, may_stay_silent: bool = False) -> Watch:
    """One question was asked and answered."""
    watch = asked(may_stay_silent=may_stay_silent)
    return fed(watch, SOUND, GenerationComplete(), TurnComplete())


def is_stalled(watch: Watch, now_s: float) -> bool:
    return watch.is_stalled(now_s, is_our_turn=False)


# --- empty turns and phantom interruptions --------------------------------------------


def test_an_empty_turn_is_nudged_once() -> None:
    watch = fed(asked(), TurnComplete())
    assert watch.take_nudge()
    assert not watch.take_nudge()
    assert not watch.is_mute


def test_empty_turns_in_a_row_are_mute_and_not_nudged() -> None:
    watch = fed(asked(), *[TurnComplete()] * EMPTY_TURNS)
    assert watch.is_mute
    assert not watch.take_nudge()


def test_a_sound_ends_the_row_of_empty_turns() -> None:
    watch = fed(asked(), TurnComplete(), SOUND, TurnComplete())
    watch.hear_start(F(150_000))
    watch.hear_end(1.0)
    assert not fed(watch, TurnComplete()).is_mute


def test_a_model_that_may_stay_silent_is_not_nudged() -> None:
    assert not fed(asked(may_stay_silent=True), TurnComplete()).take_nudge()


def test_a_model_that_waits_for_more_has_no_empty_turn() -> None:
    watch = fed(asked(), *[TurnComplete(is_waiting=True)] * 3)
    assert not watch.is_mute
    assert not watch.take_nudge()
    assert watch.is_quiet
    assert not watch.has_question


def test_a_turn_that_nobody_asked_for_may_be_empty() -> None:
    watch = fed(Watch(), *[TurnComplete()] * 3)
    assert not watch.is_mute
    assert not watch.take_nudge()


def test_a_phantom_interruption_is_missed_and_nudged() -> None:
    watch = fed(asked(), SOUND, Interrupted(), now_s=2.0)
    assert watch.take_nudge()
    assert not watch.is_quiet
    assert is_stalled(watch, 2.0 + STALL_S)


def test_an_interruption_after_all_was_generated_is_missed_by_nobody() -> None:
    assert not fed(asked(), SOUND, GenerationComplete(), Interrupted()).take_nudge()


@pytest.mark.parametrize("has_ended", [False, True])
def test_a_genuine_interruption_is_never_counted(*, has_ended: bool) -> None:
    watch = asked()
    for number in range(5):
        fed(watch, SOUND)
        watch.hear_start(F(100_000 + number))
        if has_ended:
            watch.hear_end(0.0)
        fed(watch, Interrupted(), TurnComplete())
        watch.hear_end(0.0)
        assert not watch.take_nudge()
    assert not watch.is_mute


def test_a_reply_that_was_cut_here_is_never_counted() -> None:
    watch = fed(asked(), SOUND)
    watch.note_cut()
    fed(watch, Interrupted(), TurnComplete())
    assert not watch.take_nudge()
    assert watch.is_quiet


def test_replies_that_are_cut_by_phantoms_again_and_again_are_mute() -> None:
    watch = asked()
    for _ in range(EMPTY_TURNS + 1):
        fed(watch, SOUND, Interrupted(), TurnComplete())
    assert watch.is_mute


def test_an_interruption_of_nothing_is_missed_by_nobody() -> None:
    watch = fed(Watch(), Interrupted())
    assert not watch.take_nudge()
    assert watch.is_quiet


# --- quiet moments and half replies -----------------------------------------------------


def test_a_moment_is_quiet_when_nobody_speaks_and_nothing_is_owed() -> None:
    watch = Watch()
    quiet = [watch.is_quiet]
    watch.hear_start(F(0))
    quiet.append(watch.is_quiet)
    watch.hear_end(0.0)
    quiet.append(watch.is_quiet)
    quiet += [fed(watch, event).is_quiet for event in (SOUND, GenerationComplete(), TurnComplete())]
    assert quiet == [True, False, False, False, False, True]


def test_half_a_reply_is_missing_once() -> None:
    watch = fed(asked(), SOUND)
    assert watch.is_cut_short
    assert watch.break_off()
    assert not watch.is_turn_open
    assert watch.take_up(9.0)
    assert not watch.take_up(9.0)


def test_half_a_reply_is_still_missing_when_the_next_dial_fails() -> None:
    watch = fed(asked(), SOUND)
    watch.break_off()
    assert not watch.break_off()
    assert watch.take_up(9.0)


def test_a_whole_reply_is_not_missing() -> None:
    watch = fed(asked(), SOUND, GenerationComplete())
    assert watch.break_off()
    assert not watch.take_up(9.0)


def test_a_break_between_turns_ends_no_turn() -> None:
    assert not replied().break_off()


def test_half_a_reply_is_not_missed_by_a_user_who_was_cutting_in() -> None:
    watch = fed(asked(), SOUND)
    watch.hear_start(F(105_000))
    watch.break_off()
    assert not watch.take_up(9.0)


def test_another_connection_has_its_own_time_and_count() -> None:
    watch = fed(asked(), TurnComplete(), TurnComplete())
    watch.break_off()
    assert not watch.take_up(100.0)
    assert not watch.is_mute
    assert not watch.take_nudge()
    assert not is_stalled(watch, 100.0 + STALL_S - 0.1)
    assert is_stalled(watch, 100.0 + STALL_S)


# --- what is sent again -----------------------------------------------------------------


def test_the_last_second_is_sent_again_in_any_case() -> None:
    assert Watch().replay_from(SENT) == SENT - UNPROVEN


def test_a_question_is_sent_again_from_before_its_start() -> None:
    watch = asked(frame=60_000)
    assert watch.has_question
    assert watch.replay_from(SENT) == 60_000 - LEAD


def test_a_question_in_several_utterances_is_sent_again_from_the_first() -> None:
    watch = asked(frame=50_000)
    watch.hear_start(F(80_000))
    assert watch.replay_from(SENT) == 50_000 - LEAD


def test_what_was_answered_is_not_sent_again() -> None:
    watch = fed(asked(), SOUND, sent=F(95_000))
    assert not watch.has_question
    assert watch.replay_from(SENT) == 95_000


def test_nothing_is_sent_again_from_before_the_beginning() -> None:
    assert Watch().replay_from(F(10)) == 0


def test_a_text_is_answered_by_the_first_sound() -> None:
    watch = Watch()
    watch.note_text(0.0)
    assert not fed(watch, SOUND).has_text


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_replay_lies_between_the_last_answer_and_now(answered: int, frame: int, more: int) -> None:
    watch = fed(asked(), SOUND, TurnComplete(), sent=F(answered))
    watch.hear_start(F(answered + frame))
    sent = F(answered + frame + more)
    first = watch.replay_from(sent)
    assert answered <= first <= max(answered, sent - UNPROVEN)
    assert first <= max(answered, answered + frame - LEAD)


def test_late_texts_of_a_reply_change_nothing() -> None:
    watch = fed(replied(), ReplyText("late"))
    assert watch.is_quiet
