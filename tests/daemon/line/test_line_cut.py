"""When the server is told that its reply was cut, and when it had better not be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from myna.line.line import Message, Order
from myna.live.events import (
    GenerationComplete,
    Interrupted,
    LiveEvent,
    ToolCall,
    ToolCallsCancelled,
    TurnComplete,
)
from support.line_story import (
    MODEL_THAT_ANSWERS,
    MODEL_THAT_MAY_STAY_SILENT,
    MODEL_THAT_WAITS,
    SOUND,
    Story,
    answer_to,
    talking,
)

CALL = ToolCall("a", "clock", {})
STOP: list[Message] = [Order.STOP_TALKING]


def replying(model: str = MODEL_THAT_MAY_STAY_SILENT) -> Story:
    """The server is in the middle of a reply."""
    story = talking(model)
    story.speak(words="Tell me a story.")
    story.hear(SOUND)
    return story


@pytest.mark.parametrize("model", [MODEL_THAT_MAY_STAY_SILENT, MODEL_THAT_WAITS])
def test_a_reply_that_was_cut_is_stopped_once_and_before_any_text(model: str) -> None:
    story = replying(model)
    story.line.say("hello")
    story.line.cut()
    story.line.cut()
    assert story.line.has_messages
    assert story.flush() == [*STOP, "hello"]
    story.line.cut()
    assert story.flush() == []


def test_a_model_that_takes_no_content_is_told_nothing() -> None:
    story = replying(MODEL_THAT_ANSWERS)
    story.line.cut()
    assert not story.line.has_messages
    assert story.flush() == []


def test_a_reply_that_is_made_but_still_heard_is_stopped() -> None:
    story = replying()
    story.hear(GenerationComplete())
    story.line.cut()
    assert story.flush() == STOP


@pytest.mark.parametrize("end", [TurnComplete(), Interrupted()])
@pytest.mark.parametrize("is_cut_first", [True, False])
def test_a_turn_that_is_over_at_the_server_is_not_stopped(
    end: LiveEvent, *, is_cut_first: bool
) -> None:
    story = replying()
    if is_cut_first:
        story.line.cut()
    story.hear(end)
    if not is_cut_first:
        story.line.cut()
    assert not story.line.has_messages
    assert story.flush() == []


def test_the_next_reply_can_be_cut_as_well() -> None:
    story = replying()
    story.line.cut()
    story.flush()
    story.hear(Interrupted(), TurnComplete(), SOUND)
    story.line.cut()
    assert story.flush() == STOP


def test_a_call_that_waits_is_not_dropped_by_a_stop() -> None:
    story = replying()
    story.hear(CALL)
    story.line.cut()
    assert story.flush() == []
    story.line.answer(answer_to(CALL))
    assert story.flush() == [answer_to(CALL)], "and the stop does not come after it either"


def test_a_call_that_comes_before_the_stop_is_sent_keeps_it_back() -> None:
    story = replying()
    story.line.cut()
    story.hear(CALL)
    assert story.flush() == []


def test_an_answer_whose_picture_has_gone_ahead_is_not_parted_from_it() -> None:
    story = replying(MODEL_THAT_WAITS)
    story.hear(CALL)
    story.line.answer(replace(answer_to(CALL), jpeg=b"jpeg"))
    story.line.next_message(story.now_s)
    story.line.cut()
    assert story.flush() == [answer_to(CALL)]


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_a_call_that_is_settled_keeps_nothing_back(*, is_cancelled: bool) -> None:
    story = replying()
    story.hear(CALL)
    if is_cancelled:
        story.hear(ToolCallsCancelled(("a",)))
    else:
        story.line.answer(answer_to(CALL))
        story.flush()
    story.line.cut()
    assert story.flush() == STOP


def test_a_connection_that_ends_takes_its_stop_with_it() -> None:
    story = replying()
    story.line.cut()
    assert story.lose().is_turn_cut
    story.open()
    assert story.flush() == [], "neither a stop for the new one, nor a call for the rest"
