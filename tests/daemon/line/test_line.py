"""Whole stories of a line that breaks and heals, on a virtual clock."""

from __future__ import annotations

from myna.errors import CredentialError, SessionClosedError
from myna.line.line import GO_ON, Line, Opened
from myna.line.recovery import Dial, Stop
from myna.line.watch import LEAD, UNPROVEN
from myna.live import closes
from myna.live.beginning import Beginning, SpokenTurn
from myna.live.events import (
    GoAway,
    Interrupted,
    ReplyText,
    ResumptionHandle,
    ToolCall,
    ToolCallsCancelled,
    TurnComplete,
    UserText,
)
from myna.live.profiles import profile_for
from myna_hardware.units import Frames
from support.line_story import (
    CUT,
    DIAL_S,
    HELD,
    MODEL_THAT_ANSWERS,
    SOUND,
    Story,
    answer_to,
    talking,
)

CALL = ToolCall("a", "clock", {})
HISTORY = (SpokenTurn("user", "Who are you?"), SpokenTurn("model", "I am myna."))


def test_a_conversation_begins_with_a_fresh_session() -> None:
    story = Story()
    opened = story.open()
    assert opened == Opened(is_first=True, is_resumed=False, gap_s=DIAL_S, frame=Frames(0))
    assert story.beginnings == [Beginning()]
    assert story.carried == [{}]


# --- cuts -----------------------------------------------------------------------------


def test_a_cut_while_the_user_speaks_is_resumed_with_all_that_was_said() -> None:
    story = talking()
    start = story.frame
    story.line.speech_started(start)
    story.wait(3.0)

    ended = story.lose(CUT)
    opened = story.open()

    assert (ended.plan, ended.following, ended.is_turn_cut) == (Dial(handle="h1"), "resume", False)
    assert ended.is_healed_at_once
    assert story.beginnings[-1] == Beginning(handle="h1")
    assert opened == Opened(False, True, DIAL_S, Frames(start - LEAD))
    assert story.flush() == []


def test_a_cut_while_nobody_speaks_replays_only_what_may_have_died_in_the_socket() -> None:
    story = talking()
    heard = story.frame
    story.lose(CUT)
    assert story.open().frame == heard - UNPROVEN
    assert story.flush() == []


def test_a_cut_in_the_middle_of_a_reply_asks_the_model_to_go_on() -> None:
    story = talking()
    story.speak(words="Tell me a story.")
    story.hear(SOUND, ReplyText(" Once upon a time "))

    ended = story.lose(CUT)
    story.open()

    assert ended.is_turn_cut
    assert story.flush() == [GO_ON.format("Once upon a time")]


def test_a_long_reply_is_quoted_by_its_end() -> None:
    story = talking()
    story.hear(SOUND, ReplyText("x" * 300 + "the end"))
    story.lose(CUT)
    story.open()
    assert story.flush() == [GO_ON.format("x" * 193 + "the end")]


def test_a_cut_while_a_tool_runs_is_answered_on_the_new_connection() -> None:
    story = talking()
    story.speak(words="How late is it?")
    story.hear(CALL)
    story.lose(CUT)
    story.open()
    assert story.carried[-1] == {"a": "clock"}
    story.flush()

    story.line.answer(answer_to(CALL))

    assert story.line.has_messages
    assert story.flush() == [answer_to(CALL)]


def test_a_cut_while_a_tool_runs_is_not_taken_for_half_a_reply() -> None:
    story = talking()
    story.speak(words="How late is it?")
    story.hear(CALL)
    story.lose(CUT)
    story.open()
    assert story.flush() == []


def test_an_answer_that_may_have_died_in_the_socket_is_sent_again() -> None:
    story = talking()
    story.hear(CALL)
    story.line.answer(answer_to(CALL))
    story.flush()
    story.hear(ResumptionHandle("h2"))
    story.lose(CUT)
    story.open()
    assert story.flush()[-1] == answer_to(CALL)
    story.hear(SOUND, TurnComplete())
    story.lose(CUT)
    story.open()
    assert story.flush() == []


def test_a_resume_that_is_refused_becomes_a_session_that_is_told_what_was_said() -> None:
    story = talking()
    story.hear(CALL, TurnComplete())
    lost_s = story.now_s

    ended = [story.lose(HELD) for _ in range(5)]
    opened = story.open()

    assert [one.following for one in ended] == ["resume"] * 4 + ["seeded"]
    assert [one.is_healed_at_once for one in ended] == [True, False, False, False, True]
    assert story.now_s - lost_s == 0 + 1 + 2 + 4 + 0 + DIAL_S
    assert story.beginnings[-1] == Beginning(history=HISTORY)
    assert story.carried[-1] == {}
    assert not opened.is_resumed
    assert story.flush() == []
    story.line.answer(answer_to(CALL))
    (words,) = story.flush()
    assert words == (
        "The tool clock, which you called before the connection broke, has answered: "
        '{"is": "done"} Do not call it again; tell the user.'
    )


def test_a_question_is_not_told_when_it_will_be_heard_again() -> None:
    story = talking()
    story.speak(words="What is this?")
    story.lose(SessionClosedError(1008, "BidiGenerateContent session not found", by_peer=True))
    story.open()
    assert story.beginnings[-1] == Beginning(history=HISTORY)


def test_a_history_that_broke_the_session_is_told_to_nobody() -> None:
    story = talking()
    ended = story.lose(
        SessionClosedError(1007, "Request contains an invalid argument.", by_peer=True)
    )
    story.open()
    assert ended.following == "fresh"
    assert ended.trouble.startswith("I lost the thread and start afresh. (")
    assert story.beginnings[-1] == Beginning()


def test_another_conversation_knows_nothing_of_the_last_one() -> None:
    first = talking()
    first.hear(CALL)
    other = Story(recovery=first.recovery)
    assert other.open().is_first
    assert other.beginnings == [Beginning()]
    assert other.carried == [{}]


# --- the end --------------------------------------------------------------------------


def test_an_end_that_was_wanted_is_no_trouble() -> None:
    ended = talking().lose(SessionClosedError(1000, "", by_peer=False))
    assert (ended.plan, ended.following) == (Stop(closes.DONE), "end")


def test_a_quota_ends_the_conversation_for_a_while() -> None:
    ended = talking().lose(SessionClosedError(1011, "Resource exhausted", by_peer=True))
    assert (ended.plan, ended.following) == (Stop(closes.BUSY, 60.0), "wait")
    assert not ended.is_healed_at_once


def test_a_conversation_is_not_begun_while_a_quota_cools() -> None:
    story = talking()
    story.lose(SessionClosedError(1011, "Resource exhausted", by_peer=True))
    other = Line(profile_for(MODEL_THAT_ANSWERS), story.recovery)
    assert other.begin(story.now_s + 30.0) == Stop(closes.BUSY, 30.0)


def test_a_refused_setup_is_tried_once_without_optional_features() -> None:
    story = Story()
    refused = SessionClosedError(1007, "Request contains an invalid argument.", by_peer=True)
    assert story.lose(refused).following == "fresh"
    assert story.line.beginning == Beginning(is_plain=True)
    assert story.lose(refused).following == "give-up"


def test_a_key_is_renewed_only_when_it_was_refused_and_tried_once() -> None:
    story, asked = Story(), []

    def renew() -> bool:
        asked.append(story.now_s)
        return True

    story.lose(CUT, renew)
    assert asked == []
    refused = SessionClosedError(
        1007, "API key not valid. Please pass a valid API key.", by_peer=True
    )
    assert isinstance(story.lose(refused, renew).plan, Dial)
    assert len(asked) == 1
    assert story.lose(refused, renew).plan == Stop(closes.KEY)


def test_a_key_that_cannot_be_renewed_ends_it() -> None:
    story = Story()
    refused = SessionClosedError(1007, "API key expired. Please renew the API key.", by_peer=True)
    ended = story.lose(refused, lambda: False)
    assert (ended.plan, ended.following) == (Stop(closes.KEY), "give-up")


def test_a_missing_key_is_told_in_its_own_words() -> None:
    ended = Story().lose(CredentialError("put a key into /etc/myna/key"))
    assert ended.plan == Stop(closes.NO_KEY)
    assert (ended.following, ended.trouble) == ("give-up", "put a key into /etc/myna/key")


def test_events_of_the_line_are_kept_from_the_conversation() -> None:
    story = talking()
    own = (ReplyText("ho"), ResumptionHandle("h2"), GoAway(50.0))
    told = (UserText("hi"), SOUND, Interrupted(), TurnComplete(), CALL, ToolCallsCancelled(("a",)))
    assert [story.line.received(event, story.frame, story.now_s) for event in own] == [None] * 3
    assert [story.line.received(event, story.frame, story.now_s) for event in told] == list(told)
