"""When a line leaves a connection by itself, and what it says again."""

from __future__ import annotations

import pytest

from myna.line.line import GO_AWAY_SHARE, NUDGE, TEXTS_LIMIT
from myna.line.recovery import Dial, Stop
from myna.line.watch import LEAD, STALL_S
from myna.live import closes
from myna.live.beginning import SpokenTurn
from myna.live.events import (
    GoAway,
    Interrupted,
    ToolCall,
    TurnComplete,
)
from support.line_story import (
    CUT,
    MODEL_THAT_MAY_STAY_SILENT,
    SOUND,
    answer_to,
    talking,
)

CALL = ToolCall("a", "clock", {})
HISTORY = (SpokenTurn("user", "Who are you?"), SpokenTurn("model", "I am myna."))


# --- goAway ---------------------------------------------------------------------------


def test_go_away_in_a_quiet_moment_is_a_relay_at_once() -> None:
    story = talking()
    assert story.line.due(story.now_s) is None
    story.hear(GoAway(50.0))
    ended = story.leave(closes.RELAY)
    assert (ended.plan, ended.trouble) == (Dial(handle="h1"), closes.RELAY.spoken)
    assert story.open().is_resumed
    assert story.line.due(story.now_s) is None


def test_go_away_in_a_reply_waits_for_the_end_of_the_turn() -> None:
    story = talking()
    story.hear(SOUND, GoAway(50.0))
    assert story.line.due(story.now_s) is None
    story.wait(4.0)
    story.hear(TurnComplete())
    assert not story.leave(closes.RELAY).is_turn_cut


def test_go_away_waits_for_the_user_and_for_the_reply() -> None:
    story = talking()
    story.hear(GoAway(50.0))
    story.line.speech_started(story.frame)
    assert story.line.due(story.now_s) is None
    story.line.speech_ended(story.now_s)
    assert story.line.due(story.now_s) is None
    story.hear_reply()
    story.leave(closes.RELAY)


def test_go_away_waits_for_tools_and_texts() -> None:
    story = talking()
    story.hear(CALL, TurnComplete(), GoAway(50.0))
    assert story.line.due(story.now_s) is None
    story.line.answer(answer_to(CALL))
    story.flush()
    story.hear_reply()
    story.line.say("hello")
    assert story.line.due(story.now_s) is None
    story.flush()
    story.hear_reply()
    story.leave(closes.RELAY)


def test_go_away_that_finds_no_quiet_moment_is_obeyed_before_the_cut() -> None:
    story = talking()
    story.hear(GoAway(10.0))
    story.line.speech_started(story.frame)
    story.wait(10.0 * GO_AWAY_SHARE - 0.1)
    assert story.line.due(story.now_s) is None
    story.wait(0.1)
    story.leave(closes.RELAY)


# --- stalls and empty turns -----------------------------------------------------------


def test_a_stall_is_resumed_with_the_question() -> None:
    story = talking()
    start = story.frame
    story.speak()
    story.wait(STALL_S - 0.1)
    assert story.line.due(story.now_s) is None
    story.wait(0.1)

    ended = story.leave(closes.STALLED)

    assert ended.plan == Dial(handle="h1")
    assert story.open().frame == start - LEAD


def test_a_stall_after_a_stall_is_noticed_again() -> None:
    story = talking()
    story.speak()
    for _ in range(2):
        story.stall()
        story.leave(closes.STALLED)
        story.open(handle="")
        assert story.line.due(story.now_s) is None


def test_a_server_that_never_answers_is_not_asked_for_ever() -> None:
    story = talking()
    story.speak()
    for _ in range(10):
        story.stall()
        if isinstance(story.leave(closes.STALLED).plan, Stop):
            return
        story.open()
    pytest.fail("ten sessions that never answered")


def test_a_tool_that_takes_its_time_is_no_stall() -> None:
    story = talking()
    story.speak()
    story.hear(CALL)
    story.wait(3 * STALL_S)
    assert story.line.due(story.now_s) is None


def test_an_answer_of_a_slow_tool_is_no_stall_on_a_model_that_may_stay_silent() -> None:
    story = talking(MODEL_THAT_MAY_STAY_SILENT)
    story.speak()
    story.hear(CALL)
    story.wait(3 * STALL_S)
    story.line.answer(answer_to(CALL))
    story.flush()
    assert story.line.due(story.now_s) is None


def test_a_mute_server_is_nudged_then_replaced() -> None:
    story = talking()
    story.speak()
    story.hear(TurnComplete())
    assert story.line.due(story.now_s) is None
    assert story.flush() == [NUDGE]
    story.hear(TurnComplete())
    ended = story.leave(closes.MUTE)
    assert (ended.plan, ended.following) == (Dial(), "seeded")
    story.open()
    assert story.beginnings[-1].history == HISTORY


def test_a_phantom_interruption_is_nudged() -> None:
    story = talking()
    story.hear(SOUND, Interrupted(), TurnComplete())
    assert story.line.due(story.now_s) is None
    assert story.flush() == [NUDGE]


def test_a_barge_in_is_not_nudged() -> None:
    story = talking()
    story.hear(SOUND)
    story.line.cut()
    story.hear(Interrupted(), TurnComplete())
    assert story.line.due(story.now_s) is None
    assert story.flush() == []


def test_a_text_survives_its_nudge_when_the_server_is_mute() -> None:
    story = talking()
    story.line.say("Is it late?")
    story.flush()
    story.hear(TurnComplete())
    story.line.due(story.now_s)
    story.flush()
    story.hear(TurnComplete())
    story.leave(closes.MUTE)
    story.open()
    assert story.flush() == ["Is it late?"]


# --- texts ----------------------------------------------------------------------------


def test_texts_go_in_order_and_are_bounded() -> None:
    story = talking()
    texts = [str(number) for number in range(TEXTS_LIMIT)]
    assert all(story.line.say(text) for text in texts)
    assert not story.line.say("one too many")
    assert story.flush() == texts


def test_a_text_that_had_no_reply_is_sent_again_before_newer_ones() -> None:
    story = talking()
    story.line.say("first")
    story.flush()
    story.line.say("second")
    story.lose(CUT)
    story.open()
    assert story.flush() == ["first", "second"]


def test_a_text_that_had_its_reply_is_not_sent_again() -> None:
    story = talking()
    story.line.say("first")
    story.flush()
    story.hear_reply()
    story.lose(CUT)
    story.open()
    assert story.flush() == []


def test_all_texts_that_had_no_reply_are_sent_again() -> None:
    story = talking()
    story.line.say("first")
    story.line.say("second")
    story.flush()
    story.lose(CUT)
    story.open()
    assert story.flush() == ["first", "second"]
