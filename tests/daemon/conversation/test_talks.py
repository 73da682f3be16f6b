"""Conversations as people have them, told in events."""

from __future__ import annotations

import pytest

from myna.conversation import effects as do
from myna.conversation import talking
from myna.conversation.events import (
    Event,
    Held,
    LimitReached,
    ListenAsked,
    MuteAsked,
    MuteLocked,
    MuteUnlocked,
    NobodySpoke,
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
    Talk,
    Thinking,
    Timing,
    Waking,
    deadline_for,
)
from myna.line.ledger import ToolAnswer
from myna.live.events import (
    Interrupted,
    ReplyAudio,
    SessionReady,
    ToolCall,
    ToolCallsCancelled,
    TurnComplete,
    UserText,
)
from myna_hardware.units import Frames
from support.conversation import BAD_KEY, NO_NETWORK, run

WAKE = WakeHeard("okay_nabu", 0.9, Frames(1000), Frames(800))
REPLY = ReplyAudio(b"\1\0")
LAMP = ToolCall("c1", "set_output", {"name": "lamp", "on": True})
LAMP_ON = ToolFinished(ToolAnswer("c1", "set_output", {"output": "on"}))
SPEECH = SpeechStarted(Frames(50))
CHIME = do.PlayEarcon(do.Earcon.WAKE)
GOODBYE = [do.StopUplink(), do.CloseSession(), do.PlayEarcon(do.Earcon.END)]
STOP = StopHeard(Frames(9000))
EGGS = RingAsked("eggs", 1)
PASTA = RingAsked("pasta", 2)


def test_question_in_one_breath_is_sent_from_the_end_of_the_word() -> None:
    state, effects = run(Idle(), WAKE, SPEECH, SpeechEnded(), SessionReady())
    assert isinstance(state, Thinking)
    assert effects == [
        do.Attend(Frames(1000)),
        do.OpenSession(has_speech=True),
        do.StartUplink(Frames(800)),
    ]


def test_wake_word_after_which_nobody_speaks_opens_nothing() -> None:
    state, effects = run(Idle(), WAKE, UserWaits(), NobodySpoke())
    assert state == Idle()
    assert effects == [do.Attend(Frames(1000)), CHIME, do.StopUplink()]


def test_user_who_waits_after_the_wake_word_is_told_that_it_listens() -> None:
    state, effects = run(Idle(), WAKE, UserWaits(), SPEECH)
    assert state == Connecting(frame=Frames(800), talk=Talk(is_user_speaking=True))
    assert effects[-2:] == [CHIME, do.OpenSession(has_speech=True)]


def test_one_breath_is_not_talked_over() -> None:
    assert CHIME not in run(Idle(), WAKE, SPEECH, SpeechEnded(), SessionReady())[1]


def test_speech_is_looked_for_from_where_the_wake_word_must_be_over() -> None:
    late = WakeHeard("okay_nabu", 0.9, Frames(6400), Frames(0))
    assert run(Idle(), late)[1] == [do.Attend(Frames(3200))]


def test_wake_word_said_again_moves_the_beginning() -> None:
    again = WakeHeard("okay_nabu", 0.9, Frames(60_000), Frames(58_000))
    assert run(Idle(), WAKE, UserWaits(), again)[0] == Waking(Frames(58_000))


def test_stop_right_after_the_wake_word_goes_to_the_model() -> None:
    state, effects = run(Idle(), WAKE, STOP)
    assert state == Connecting(frame=Frames(800))
    assert effects[-1] == do.OpenSession(has_speech=True)


def test_press_while_it_waits_for_speech_ends_the_waiting() -> None:
    assert run(Idle(), WAKE, Pressed(Frames(5))) == (
        Idle(),
        [do.Attend(Frames(1000)), do.StopUplink()],
    )


def test_listening_asked_for_while_it_waits_opens_from_the_wake_word() -> None:
    state, effects = run(Idle(), WAKE, ListenAsked(Frames(9000)))
    assert state == Connecting(frame=Frames(800), must_chime=True)
    assert effects[-1] == do.OpenSession()


def test_announcement_while_it_waits_is_spoken_and_the_user_heard() -> None:
    state, effects = run(Idle(), WAKE, SayAsked("dinner"), SessionReady())
    assert state == Thinking(Talk(is_users_turn=False))
    assert do.StartUplink(Frames(800)) in effects
    assert isinstance(effects[-1], do.SendText)


def test_wake_word_that_is_trusted_opens_at_once_and_chimes_while_it_connects() -> None:
    state, effects = run(Idle(), WAKE, WakeTrusted(), UserWaits(), SPEECH, SessionReady())
    assert isinstance(state, Listening)
    assert effects[1:] == [do.OpenSession(), CHIME, do.StartUplink(Frames(800))]


def test_ring_and_mute_end_the_waiting_for_speech() -> None:
    assert run(Waking(Frames(1)), EGGS)[0] == Ringing((EGGS,))
    state, effects = run(Waking(Frames(1)), MuteAsked())
    assert state == Muted()
    assert effects[0] == do.StopUplink()


def test_waiting_for_speech_lasts_as_long_as_configured_in_all() -> None:
    timing = Timing(wake_wait_s=5.0, chime_s=0.3)
    assert deadline_for(Waking(Frames(1)), timing) == (0.3, UserWaits())
    assert deadline_for(Waking(Frames(1), has_chimed=True), timing) == (4.7, NobodySpoke())


def test_waiting_that_is_shorter_than_the_chime_has_none() -> None:
    assert deadline_for(Waking(Frames(1)), Timing(wake_wait_s=0.2)) == (0.2, NobodySpoke())


def test_no_waiting_trusts_the_wake_word_at_once() -> None:
    assert deadline_for(Waking(Frames(1)), Timing(wake_wait_s=0)) == (0.0, WakeTrusted())


def test_connecting_for_a_user_who_waits_chimes_once() -> None:
    waiting = Connecting(frame=Frames(1), must_chime=True)
    assert deadline_for(waiting, Timing()) == (0.3, UserWaits())
    assert deadline_for(run(waiting, UserWaits())[0], Timing()) is None


def test_press_chimes_at_once() -> None:
    _, effects = run(Idle(), Pressed(Frames(5)))
    assert effects == [do.Attend(Frames(5)), CHIME, do.OpenSession()]


def test_stop_word_over_the_reply_cuts_it_and_listens_on() -> None:
    state, effects = run(Speaking(), STOP)
    assert state == Listening(Talk(is_discarding=True))
    assert effects == [
        do.Flush(),
        do.CutReply(),
        do.Attend(Frames(9000)),
        do.ResumeUplink(Frames(9000)),
    ]


def test_stop_word_over_an_announcement_ends_it() -> None:
    assert run(Speaking(Talk(is_silent=True)), STOP)[0] == Idle()


def test_stop_word_over_a_ring_stops_the_ring() -> None:
    assert run(Ringing((EGGS,)), STOP) == (Idle(), [do.StopRinging((1,))])


def test_stop_word_while_a_reply_is_awaited_ends_the_conversation() -> None:
    cut_in = SpeechStarted(Frames(4000))
    for state, effects in (run(Thinking(), STOP), run(Thinking(), cut_in, STOP)):
        assert state == Idle()
        assert effects == [do.Flush(), do.StopUplink(), do.CloseSession()]


def test_stop_word_within_a_sentence_is_for_the_model() -> None:
    asking = run(Listening(), SpeechStarted(Frames(4000)))[0]
    assert run(asking, STOP) == (asking, [])
    going_on = run(Thinking(), SpeechStarted(Frames(4000)))[0]
    assert run(going_on, StopHeard(Frames(40_000))) == (going_on, [])


def test_limit_ends_it_and_lets_that_be_heard() -> None:
    assert run(Speaking(), LimitReached()) == (Idle(), [do.Flush(), *GOODBYE])


def test_announcement_ends_without_a_sound_of_its_own() -> None:
    announcing = Speaking(Talk(is_silent=True, is_last_turn=True), is_turn_complete=True)
    assert GOODBYE[-1] not in run(announcing, PlaybackFinished())[1]


def test_turn_without_a_sound_ends_the_pause_of_the_microphone() -> None:
    assert run(Thinking(), TurnComplete()) == (Listening(), [do.ResumeUplink()])


def test_user_still_speaking_when_the_session_opens_is_listened_to() -> None:
    state, _ = run(Idle(), WAKE, SPEECH, SpeechEnded(), SPEECH, SessionReady())
    assert state == Listening(Talk(is_user_speaking=True))


def test_reply_is_followed_by_listening_without_the_wake_word() -> None:
    state, effects = run(Thinking(), REPLY, REPLY, TurnComplete(), PlaybackFinished())
    assert isinstance(state, Listening)
    assert [effect for effect in effects if isinstance(effect, do.Play)] == [do.Play(b"\1\0")] * 2


def test_reply_that_drains_before_its_turn_completes_is_not_over() -> None:
    state, _ = run(Thinking(), REPLY, PlaybackFinished())
    assert isinstance(state, Speaking)
    assert isinstance(run(state, TurnComplete())[0], Listening)
    assert isinstance(run(state, REPLY, TurnComplete())[0], Speaking)


def test_reply_whose_turn_never_completes_ends_when_patience_does() -> None:
    assert isinstance(run(Thinking(), REPLY, PlaybackFinished(), ReplyOverdue())[0], Listening)


def test_tool_is_called_and_answered_before_the_reply() -> None:
    state, effects = run(Thinking(), LAMP, LAMP_ON, REPLY)
    assert isinstance(state, Speaking)
    assert effects[:2] == [do.CallTool(LAMP), do.AnswerTool(LAMP_ON.answer)]


def test_user_who_finished_while_a_tool_ran_is_not_speaking_any_more() -> None:
    speaking = Listening(Talk(is_user_speaking=True))
    events = (LAMP, SpeechEnded(), LAMP_ON, REPLY, TurnComplete(), PlaybackFinished())
    assert run(speaking, *events)[0] == Listening(Talk(is_users_turn=False))


def test_turn_that_only_called_a_tool_keeps_thinking() -> None:
    assert run(Thinking(), LAMP, TurnComplete())[0] == Thinking(
        Talk(has_called=True, pending_calls=frozenset({"c1"}))
    )


# --- the model acts in the user's turn only ----------------------------------------------

ASKED = Listening(Talk(is_user_speaking=True))
REPLIED = (SpeechEnded(), REPLY, PlaybackFinished(), TurnComplete())
FAN = ToolCall("c2", "set_output", {"name": "fan", "on": True})
REFUSED = do.RefuseTool(LAMP, talking.UNASKED)


def test_tool_is_refused_after_the_reply_when_nobody_asked() -> None:
    state, effects = run(ASKED, *REPLIED, LAMP)
    assert effects[-1] == REFUSED
    assert state == Listening(Talk(is_users_turn=False))


@pytest.mark.parametrize(
    "sign",
    [SPEECH, UserText("the lamp"), WAKE, TalkHeld(Frames(9000))],
    ids=lambda sign: type(sign).__name__,
)
def test_tool_runs_again_once_the_user_speaks(sign: Event) -> None:
    by_button = run(ASKED, *REPLIED)[0]
    assert isinstance(by_button, Listening)
    if isinstance(sign, WakeHeard):  # else it listens already
        by_button = Listening(by_button.talk.but(is_by_button=True))
    assert run(by_button, sign, LAMP)[1][-1] == do.CallTool(LAMP)


@pytest.mark.parametrize(
    "cut",
    [Interrupted(), WAKE, STOP, Pressed(Frames(9000)), TalkHeld(Frames(9000)), SPEECH],
    ids=lambda cut: type(cut).__name__,
)
def test_tool_runs_for_a_user_who_cut_into_the_reply(cut: Event) -> None:
    speaking = Speaking(Talk(is_users_turn=False))
    assert run(speaking, cut, LAMP)[1][-1] == do.CallTool(LAMP)


def test_tools_follow_one_another_within_the_users_turn() -> None:
    # gemini-3.8-live ends its turn with every call that it does not wait for.
    events = (LAMP, TurnComplete(), LAMP_ON, FAN)
    assert run(ASKED, SpeechEnded(), *events)[1][-1] == do.CallTool(FAN)


def test_answered_call_that_ended_the_turn_may_be_followed_by_another() -> None:
    events = (LAMP, LAMP_ON, TurnComplete(), FAN)
    assert run(ASKED, SpeechEnded(), *events)[1][-1] == do.CallTool(FAN)


def test_words_before_a_call_do_not_end_the_users_turn() -> None:
    events = (REPLY, LAMP, TurnComplete(), LAMP_ON, PlaybackFinished(), FAN)
    assert run(ASKED, SpeechEnded(), *events)[1][-1] == do.CallTool(FAN)


def test_reply_to_what_a_tool_returned_ends_the_users_turn() -> None:
    events = (LAMP, LAMP_ON, REPLY, TurnComplete(), PlaybackFinished())
    state, effects = run(ASKED, SpeechEnded(), *events, FAN)
    assert effects[-1] == do.RefuseTool(FAN, talking.UNASKED)
    assert isinstance(state, Listening)


def test_late_result_gives_the_model_no_turn_of_its_own() -> None:
    # It went on talking while the tool ran, and its reply is over when the result comes.
    replied = (LAMP, REPLY, TurnComplete(), LAMP_ON, REPLY, TurnComplete(), PlaybackFinished())
    assert run(ASKED, SpeechEnded(), *replied, FAN)[1][-1] == do.RefuseTool(FAN, talking.UNASKED)


@pytest.mark.parametrize("beginning", [Idle(), Waking(Frames(800))])
def test_announcement_is_nobodys_wish(beginning: State) -> None:
    announcing = run(beginning, SayAsked("switch on the lamp"), SessionReady())[0]
    assert run(announcing, LAMP)[1] == [REFUSED]
    assert run(announcing, REPLY, LAMP)[1][-1] == REFUSED


def test_user_who_speaks_over_the_reply_keeps_the_turn_when_it_ends() -> None:
    state, _ = run(ASKED, SpeechEnded(), REPLY, SPEECH, TurnComplete(), PlaybackFinished())
    assert run(state, LAMP)[1] == [do.CallTool(LAMP)]


def test_cancelled_call_is_never_answered() -> None:
    _, effects = run(Thinking(), LAMP, ToolCallsCancelled(("c1",)), LAMP_ON)
    assert effects == [do.CallTool(LAMP), do.CancelTools(("c1",))]


def test_server_interruption_falls_silent_and_awaits_the_new_reply() -> None:
    state, effects = run(Speaking(), SPEECH, SpeechEnded(), Interrupted())
    assert isinstance(state, Thinking)
    assert do.Flush() in effects


def test_server_interruption_while_the_user_goes_on_listens() -> None:
    state, _ = run(Speaking(), SPEECH, Interrupted())
    assert state == Listening(Talk(is_user_speaking=True))


def test_wake_word_over_the_reply_cuts_it_and_listens_from_the_word() -> None:
    state, effects = run(Speaking(), WAKE)
    assert isinstance(state, Listening)
    assert effects == [
        do.Flush(),
        do.CutReply(),
        do.Attend(Frames(1000)),
        do.ResumeUplink(Frames(800)),
    ]


def test_rest_of_a_reply_cut_here_is_never_heard() -> None:
    state, effects = run(Speaking(), WAKE, REPLY, SPEECH, SpeechEnded(), REPLY)
    assert isinstance(state, Thinking)
    assert not any(isinstance(effect, do.Play) for effect in effects)
    state, effects = run(state, Interrupted(), TurnComplete(), REPLY)
    assert isinstance(state, Speaking)
    assert do.Play(b"\1\0") in effects


def test_cut_of_a_complete_reply_does_not_swallow_the_next_one() -> None:
    state, _ = run(Speaking(is_turn_complete=True), Pressed(Frames(5)), REPLY)
    assert isinstance(state, Speaking)


def test_press_while_listening_ends_the_conversation() -> None:
    state, effects = run(Listening(), Pressed(Frames(5)))
    assert state == Idle()
    assert effects == [do.Flush(), do.StopUplink(), do.CloseSession()]


def test_silence_ends_the_conversation() -> None:
    assert run(Listening(), NobodySpoke()) == (Idle(), GOODBYE)


def test_noise_that_gets_no_reply_returns_to_listening() -> None:
    assert isinstance(run(Thinking(), ReplyOverdue())[0], Listening)


def test_farewell_tool_ends_after_the_goodbye_was_heard() -> None:
    bye = ToolCall("c3", "end_conversation", {})
    done = ToolFinished(ToolAnswer("c3", "end_conversation", {}), is_farewell=True)
    state, effects = run(Thinking(), bye, done, REPLY, TurnComplete())
    assert isinstance(state, Speaking)
    assert do.CloseSession() not in effects
    assert run(state, PlaybackFinished())[0] == Idle()


def test_farewell_without_a_goodbye_ends_all_the_same() -> None:
    bye = ToolCall("c3", "end_conversation", {})
    done = ToolFinished(ToolAnswer("c3", "end_conversation", {}), is_farewell=True)
    assert run(Thinking(), bye, done, TurnComplete())[0] == Idle()
    assert run(Thinking(), bye, done, ReplyOverdue())[0] == Idle()


def test_failure_to_connect_is_shown_and_heard() -> None:
    state, effects = run(Idle(), WAKE, SPEECH, SessionLost(NO_NETWORK))
    assert state == Offline(NO_NETWORK)
    assert do.PlayEarcon(do.Earcon.ERROR) in effects


def test_wake_word_works_while_trouble_is_shown() -> None:
    assert isinstance(run(Offline(NO_NETWORK), WAKE)[0], Waking)


def test_session_ended_in_good_order_is_no_trouble() -> None:
    assert run(Listening(), SessionLost(None)) == (Idle(), GOODBYE)


def test_reply_that_has_arrived_is_heard_though_the_session_is_lost() -> None:
    state, effects = run(Speaking(), SessionLost(BAD_KEY))
    assert isinstance(state, Speaking)
    assert do.Flush() not in effects
    assert run(state, PlaybackFinished())[0] == Offline(BAD_KEY)


def test_announcement_speaks_and_hears_nothing() -> None:
    state, effects = run(Idle(), SayAsked("dinner"), SessionReady(), REPLY, TurnComplete())
    assert not any(isinstance(effect, do.StartUplink) for effect in effects)
    assert any(isinstance(effect, do.SendText) and "dinner" in effect.text for effect in effects)
    assert run(state, PlaybackFinished())[0] == Idle()


def test_announcement_within_a_conversation_keeps_it_going() -> None:
    state, effects = run(Listening(), SayAsked("dinner"))
    assert isinstance(state, Listening)
    assert len(effects) == 1


def test_mute_in_a_conversation_ends_it_and_closes_the_microphone() -> None:
    state, effects = run(Speaking(), MuteAsked())
    assert state == Muted()
    assert effects == [
        do.Flush(),
        do.StopUplink(),
        do.CloseSession(at_once=True),
        do.CloseMicrophone(),
        do.PlayEarcon(do.Earcon.MUTE),
    ]


def test_hold_mutes_and_unmutes() -> None:
    assert run(Idle(), Held(), Held()) == (
        Idle(),
        [
            do.CloseMicrophone(),
            do.PlayEarcon(do.Earcon.MUTE),
            do.OpenMicrophone(),
            do.PlayEarcon(do.Earcon.UNMUTE),
        ],
    )


def test_switch_mutes_and_nothing_else_unmutes() -> None:
    state, effects = run(Idle(), MuteLocked())
    assert state == Muted(is_locked=True)
    assert effects[0] == do.CloseMicrophone(is_remembered=False)
    refusal = [do.PlayEarcon(do.Earcon.ERROR)]
    assert run(state, UnmuteAsked()) == (state, refusal)
    assert run(state, Held()) == (state, refusal)
    assert run(state, MuteUnlocked())[0] == Idle()


def test_switch_takes_over_a_mute_that_was_asked_for() -> None:
    assert run(Idle(), MuteAsked(), MuteLocked(), UnmuteAsked())[0] == Muted(is_locked=True)


def test_mute_under_a_ring_closes_the_microphone_and_lets_it_ring() -> None:
    state, effects = run(Ringing((EGGS,)), MuteLocked())
    assert state == Ringing((EGGS,), Muted(is_locked=True))
    assert effects == [do.CloseMicrophone(is_remembered=False)]
    assert run(state, UnmuteAsked()) == (state, [])
    assert run(state, StopAsked())[0] == Muted(is_locked=True)
    assert run(state, MuteUnlocked()) == (Ringing((EGGS,)), [do.OpenMicrophone()])


def test_talk_button_opens_a_session_without_a_chime_and_no_finder_listens() -> None:
    state, effects = run(Idle(), TalkHeld(Frames(800)), SessionReady(), SpeechEnded())
    assert isinstance(state, Thinking)
    assert effects == [
        do.StopAttending(),
        do.OpenSession(has_speech=True),
        do.StartUplink(Frames(800)),
    ]


def test_talk_button_over_the_reply_cuts_it_for_as_long_as_it_is_down() -> None:
    state, effects = run(Speaking(), TalkHeld(Frames(800)))
    assert state == Listening(Talk(is_user_speaking=True, is_by_button=True, is_discarding=True))
    assert effects == [
        do.Flush(),
        do.CutReply(),
        do.StopAttending(),
        do.ResumeUplink(Frames(800)),
    ]


def test_talk_button_that_is_up_sends_nothing_after_the_reply() -> None:
    state, effects = run(
        *(Idle(), TalkHeld(Frames(800)), SessionReady(), SpeechEnded(), REPLY),
        *(TurnComplete(), PlaybackFinished()),
    )
    assert isinstance(state, Listening)
    assert not any(isinstance(effect, do.ResumeUplink) for effect in effects)
    assert run(state, TalkHeld(Frames(9000)))[1] == [
        do.StopAttending(),
        do.ResumeUplink(Frames(9000)),
    ]


def test_wake_word_over_the_reply_ends_the_reign_of_the_button() -> None:
    talk = Talk(is_by_button=True)
    state, effects = run(Speaking(talk, is_turn_complete=True), WAKE)
    assert isinstance(state, Listening)
    assert not state.talk.is_by_button
    assert do.ResumeUplink(Frames(800)) in effects


def test_wake_word_while_the_button_is_up_is_listened_to() -> None:
    state, effects = run(Listening(Talk(is_by_button=True)), WAKE)
    assert state == Listening()
    assert effects == [do.Attend(Frames(1000)), do.ResumeUplink(Frames(800))]
    assert run(Listening(), WAKE) == (Listening(), [])


def test_talk_button_while_announcing_to_a_room_that_connects_listens_too() -> None:
    state, _ = run(Idle(), SayAsked("dinner"), TalkHeld(Frames(9)))
    assert isinstance(state, Connecting)
    assert (state.frame, state.text) == (9, "dinner")
    assert not state.talk.is_silent


def test_wake_word_over_a_ring_only_stops_the_ring() -> None:
    assert run(Ringing((EGGS,)), WAKE) == (Idle(), [do.StopRinging((1,))])


def test_ring_while_muted_returns_to_mute() -> None:
    assert run(Muted(), EGGS, StopAsked())[0] == Muted()


def test_ring_cuts_a_conversation() -> None:
    state, effects = run(Speaking(), EGGS)
    assert state == Ringing((EGGS,))
    assert effects[-1] == do.StartRinging("eggs")


def test_ring_that_joins_another_is_stopped_with_it() -> None:
    state, effects = run(Ringing((EGGS,)), PASTA)
    assert (state, effects) == (Ringing((EGGS, PASTA)), []), "one ring is for both"
    assert run(state, Pressed(Frames(9))) == (Idle(), [do.StopRinging((1, 2))])


@pytest.mark.parametrize("muted", [None, Muted()])
def test_held_button_snoozes_a_ring_and_leaves_mute_as_it_was(muted: Muted | None) -> None:
    state, effects = run(Ringing((EGGS,), muted), Held())
    assert state == (muted or Idle())
    assert effects == [do.StopRinging((1,), is_snoozed=True)]


def test_ring_goes_on_until_the_last_of_them_is_over() -> None:
    state, effects = run(Ringing((EGGS, PASTA), Muted()), RingOver(1))
    assert (state, effects) == (Ringing((PASTA,), Muted()), [])
    assert run(state, RingOver(1)) == (state, []), "it is over already"
    assert run(state, RingOver(2)) == (Muted(), [do.StopRinging()])


def test_end_of_a_ring_that_was_stopped_meanwhile_means_nothing() -> None:
    assert run(Listening(), RingOver(1)) == (Listening(), [])
