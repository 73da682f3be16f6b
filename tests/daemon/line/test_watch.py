"""What is owed by the server, and when its silence is a stall."""

from __future__ import annotations

import pytest

from myna.line.watch import STALL_S, UNPROVEN, Watch
from myna.live.events import (
    GenerationComplete,
    GoAway,
    LiveEvent,
    ReplyAudio,
    ResumptionHandle,
    ToolCall,
    TurnComplete,
    UserText,
)
from myna_hardware.units import Frames

F = Frames
SOUND = ReplyAudio(bytes(4))
CALL = ToolCall("a", "clock", {})
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


# --- stalls ---------------------------------------------------------------------------


def test_silence_after_speech_is_a_stall() -> None:
    watch = asked()
    assert not is_stalled(watch, STALL_S - 0.1)
    assert is_stalled(watch, STALL_S)


def test_nothing_is_owed_while_the_user_speaks_or_before() -> None:
    watch = Watch()
    assert not is_stalled(watch, 1e6)
    watch.hear_end(0.0)
    assert not is_stalled(watch, 1e6)
    watch.hear_start(F(0))
    assert watch.is_user_speaking
    assert not is_stalled(watch, 1e6)


def test_any_sign_of_the_server_is_progress() -> None:
    watch = fed(asked(), UserText("what"), now_s=7.0)
    assert not is_stalled(watch, 7.0 + STALL_S - 0.1)
    assert is_stalled(watch, 7.0 + STALL_S)


def test_a_sound_settles_what_was_owed() -> None:
    assert not is_stalled(replied(), 1e6)


def test_the_model_is_not_stalled_while_it_waits_for_a_tool_of_ours() -> None:
    assert not asked().is_stalled(1e6, is_our_turn=True)


@pytest.mark.parametrize("may_stay_silent", [False, True])
def test_silence_after_a_text_is_a_stall(*, may_stay_silent: bool) -> None:
    watch = Watch(may_stay_silent=may_stay_silent)
    watch.note_text(5.0)
    assert watch.has_text
    assert is_stalled(watch, 5.0 + STALL_S)


def test_silence_after_a_tools_answer_is_a_stall() -> None:
    watch = fed(asked(), CALL)
    watch.note_answer(20.0)
    assert not is_stalled(watch, 20.0 + STALL_S - 0.1)
    assert is_stalled(watch, 20.0 + STALL_S)


def test_an_answer_after_a_slow_tool_is_given_time_when_the_model_may_stay_silent() -> None:
    watch = fed(asked(may_stay_silent=True), CALL)
    watch.note_answer(20.0)
    assert not is_stalled(watch, 20.1)


def test_a_reply_that_stops_in_the_middle_is_a_stall() -> None:
    watch = fed(asked(), SOUND, now_s=3.0)
    assert not is_stalled(watch, 3.0 + STALL_S - 0.1)
    assert is_stalled(watch, 3.0 + STALL_S)


@pytest.mark.parametrize("event", [GenerationComplete(), TurnComplete()])
def test_a_reply_that_is_all_there_is_no_stall(event: LiveEvent) -> None:
    assert not is_stalled(fed(asked(), SOUND, event), 1e6)


def test_a_reply_that_was_cut_here_is_no_stall() -> None:
    watch = fed(asked(), SOUND)
    watch.note_cut()
    assert not is_stalled(watch, 1e6)


def test_a_model_that_may_stay_silent_is_not_stalled_once_it_gave_a_sign() -> None:
    watch = replied(may_stay_silent=True)
    watch.hear_start(F(150_000))
    watch.hear_end(10.0)
    assert is_stalled(watch, 10.0 + STALL_S)
    fed(watch, UserText("television"), now_s=11.0)
    assert not is_stalled(watch, 1e6)


def test_a_model_that_may_stay_silent_owes_its_first_reply() -> None:
    watch = fed(asked(may_stay_silent=True), UserText("hello"))
    assert is_stalled(watch, STALL_S)


@pytest.mark.parametrize("event", [ResumptionHandle("h"), GoAway(60.0)])
def test_housekeeping_is_no_sign_that_the_user_was_heard(event: LiveEvent) -> None:
    watch = replied(may_stay_silent=True)
    watch.hear_start(F(150_000))
    watch.hear_end(10.0)
    assert is_stalled(fed(watch, event, now_s=10.5), 1e6)


def test_talk_that_a_model_left_unanswered_is_not_replayed_minutes_later() -> None:
    watch = replied(may_stay_silent=True)
    watch.hear_start(F(150_000))
    watch.hear_end(10.0)
    fed(watch, UserText("television"), now_s=11.0)
    assert not is_stalled(watch, 300.0)
    assert watch.is_quiet
    assert watch.replay_from(F(5_000_000)) == 5_000_000 - UNPROVEN
