"""What a line sends with an answer, and what it keeps back meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from myna.line.ledger import LIMIT_S
from myna.line.line import GATE_S, STILL_LIFE_S, Line, Picture
from myna.line.recovery import Recovery
from myna.line.watch import STALL_S
from myna.live import closes
from myna.live.content import Scheduling
from myna.live.events import ToolCall, ToolCallsCancelled
from myna.live.profiles import profile_for
from support.line_story import (
    MODEL_THAT_ANSWERS,
    MODEL_THAT_MAY_STAY_SILENT,
    MODEL_THAT_WAITS,
    SOUND,
    answer_to,
    talking,
)

CALL = ToolCall("a", "look", {})
JPEG = b"jpeg"


def test_answers_go_in_order_of_completion_after_texts() -> None:
    story = talking()
    other = ToolCall("b", "clock", {})
    story.hear(CALL, other)
    story.line.answer(answer_to(other))
    story.line.answer(answer_to(CALL))
    story.line.say("hello")
    assert story.flush() == ["hello", answer_to(other), answer_to(CALL)]
    assert not story.line.has_messages


def test_a_cancelled_call_is_never_answered() -> None:
    story = talking()
    story.hear(CALL, ToolCallsCancelled(("a",)))
    story.line.answer(answer_to(CALL))
    assert story.flush() == []


def test_a_call_that_is_cancelled_while_its_picture_is_sent_is_never_answered() -> None:
    story = talking(MODEL_THAT_WAITS)
    story.hear(CALL)
    story.line.answer(replace(answer_to(CALL), jpeg=JPEG))
    assert story.line.next_message(story.now_s) == Picture(JPEG)
    story.hear(ToolCallsCancelled(("a",)))
    assert story.flush() == []


def test_a_tool_that_never_comes_back_is_told_once() -> None:
    story = talking()
    story.hear(CALL)
    story.wait(LIMIT_S)
    assert story.line.overdue_calls(story.now_s) == (CALL,)
    assert story.line.overdue_calls(story.now_s) == ()


@pytest.mark.parametrize(
    ("model", "scheduling"),
    [
        (MODEL_THAT_MAY_STAY_SILENT, "WHEN_IDLE"),
        (MODEL_THAT_WAITS, "WHEN_IDLE"),
        (MODEL_THAT_ANSWERS, None),
        ("a model that nobody knows", None),
    ],
)
def test_scheduling_is_sent_to_models_that_take_it(
    model: str, scheduling: Scheduling | None
) -> None:
    story = talking(model)
    story.hear(CALL)
    story.line.answer(replace(answer_to(CALL), scheduling="WHEN_IDLE"))
    (sent,) = story.flush()
    assert sent == replace(answer_to(CALL), scheduling=scheduling)


def test_a_picture_goes_with_its_answer_where_the_model_sees_it() -> None:
    story = talking(MODEL_THAT_MAY_STAY_SILENT)
    story.hear(CALL)
    answer = replace(answer_to(CALL), jpeg=JPEG)
    story.line.answer(answer)
    assert story.flush() == [answer]


def test_a_picture_goes_ahead_of_its_answer_where_the_model_does_not() -> None:
    story = talking(MODEL_THAT_WAITS)
    story.hear(CALL)
    story.line.answer(replace(answer_to(CALL), jpeg=JPEG))
    assert story.line.next_message(story.now_s) == Picture(JPEG)
    assert story.line.has_messages
    assert story.flush() == [answer_to(CALL)]


def test_a_picture_and_its_answer_are_sent_again_after_a_cut_between_them() -> None:
    story = talking(MODEL_THAT_WAITS)
    story.hear(CALL)
    story.line.answer(replace(answer_to(CALL), jpeg=JPEG))
    story.line.next_message(story.now_s)
    story.lose()
    story.open()
    assert story.flush()[-2:] == [Picture(JPEG), answer_to(CALL)]


def test_an_answer_without_scheduling_owes_a_reply() -> None:
    story = talking()
    story.hear(CALL)
    story.wait(20.0)
    story.line.answer(answer_to(CALL))
    story.flush()
    assert story.line.due(story.now_s + STALL_S - 0.1) is None
    assert story.line.due(story.now_s + STALL_S) == closes.STALLED


# --- stills ---------------------------------------------------------------------------


def test_a_still_is_sent_once() -> None:
    story = talking()
    story.line.show(JPEG, story.now_s)
    story.wait(STILL_LIFE_S)
    assert story.line.next_still(story.now_s) == JPEG
    assert story.line.next_still(story.now_s) is None


def test_a_newer_still_takes_the_place_of_one_that_waits() -> None:
    story = talking()
    story.line.show(b"old", story.now_s)
    story.line.show(b"new", story.now_s)
    assert story.line.next_still(story.now_s) == b"new"
    assert story.line.next_still(story.now_s) is None


def test_a_still_that_shows_what_is_no_more_is_dropped() -> None:
    story = talking()
    story.line.show(JPEG, story.now_s)
    assert story.line.next_still(story.now_s + STILL_LIFE_S + 0.1) is None


# --- the gate -------------------------------------------------------------------------


@pytest.mark.parametrize("model", [MODEL_THAT_WAITS, "a model that nobody knows"])
def test_the_microphone_waits_for_the_answer(model: str) -> None:
    story = talking(model)
    assert not story.line.is_microphone_gated(story.now_s)
    story.hear(CALL)
    assert story.line.is_microphone_gated(story.now_s)
    story.line.answer(answer_to(CALL))
    assert story.line.is_microphone_gated(story.now_s)
    story.flush()
    assert not story.line.is_microphone_gated(story.now_s)


def test_the_microphone_waits_for_10_s_at_most_and_anew_for_another_call() -> None:
    story = talking(MODEL_THAT_WAITS)
    for _ in range(2):
        story.hear(CALL)
        assert story.line.is_microphone_gated(story.now_s)
        story.wait(GATE_S - 0.1)
        assert story.line.is_microphone_gated(story.now_s)
        story.wait(0.1)
        assert not story.line.is_microphone_gated(story.now_s)
        story.line.answer(answer_to(CALL))
        story.flush()
        assert not story.line.is_microphone_gated(story.now_s)


@pytest.mark.parametrize("model", [MODEL_THAT_ANSWERS, MODEL_THAT_MAY_STAY_SILENT])
def test_the_microphone_does_not_wait_on_models_that_bear_it(model: str) -> None:
    story = talking(model)
    story.hear(CALL, SOUND)
    assert not story.line.is_microphone_gated(story.now_s)


def test_microphone_may_pause_but_not_while_the_model_waits_for_a_tool() -> None:
    story = talking()
    may_pause = [story.line.may_pause]
    story.hear(CALL)
    may_pause.append(story.line.may_pause)
    story.line.answer(answer_to(CALL))
    story.flush()
    assert [*may_pause, story.line.may_pause] == [True, False, True]


def test_microphone_never_pauses_where_the_model_does_not_take_that() -> None:
    profile = replace(profile_for(MODEL_THAT_ANSWERS), takes_audio_end=False)
    assert not Line(profile, Recovery()).may_pause
