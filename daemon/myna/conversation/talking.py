"""What happens within a conversation: turns, barge-in, tools, and its several ends.

PURE. Each function is one rule of the table: (state, event) -> (state, effects).
Every way out of a conversation goes through `end` or `fail`, so that no path leaves
a session, an uplink or a sound behind.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from myna.conversation import effects as do
from myna.conversation.effects import Earcon, Effect
from myna.conversation.events import (
    Event,
    Pressed,
    RingAsked,
    SayAsked,
    SessionLost,
    SpeechEnded,
    SpeechStarted,
    StopHeard,
    TalkHeld,
    ToolFinished,
    Trouble,
    WakeHeard,
)
from myna.conversation.states import (
    Connecting,
    Conversing,
    Idle,
    Listening,
    Offline,
    Ringing,
    Speaking,
    State,
    Talk,
    Thinking,
)
from myna.conversation.waiting import Step, attention_from, close_by, muted_by
from myna.live.events import (
    Interrupted,
    ReplyAudio,
    SessionReady,
    ToolCall,
    ToolCallsCancelled,
    TurnComplete,
    UserText,
)
from myna_hardware.units import Frames, frames_for

ANNOUNCEMENT = "Say this to the people in the room, word for word, and nothing else: {}"

LONE_WORD: Final = frames_for(1.0)
"""A stop word that ends so soon after the user cut in stands alone; later it is a part of
a sentence, which is the model's to understand."""

UNASKED: Final = (
    "It was not run: the user has not asked for anything since your last reply. "
    "Ask the user, and call it again after the answer"
)
"""What a model is told that acts by itself."""

_HANG_UP: tuple[Effect, ...] = (do.StopUplink(), do.CloseSession())
_CUT: tuple[Effect, ...] = (do.Flush(), *_HANG_UP)
_GOODBYE: tuple[Effect, ...] = (*_HANG_UP, do.PlayEarcon(Earcon.END))


# --- ends ---------------------------------------------------------------------------


def end(_state: State, _event: Event) -> Step:
    """End the conversation at once, whatever is sounding."""
    return Idle(), _CUT


def end_muted(_state: State, event: Event) -> Step:
    """End the conversation and close the microphone; not a word more gets out."""
    return muted_by(event), (
        do.Flush(),
        do.StopUplink(),
        do.CloseSession(at_once=True),
        close_by(event),
        do.PlayEarcon(Earcon.MUTE),
    )


def end_ringing(_state: State, event: RingAsked) -> Step:
    """A timer that is due cuts the conversation: it is what the user asked for."""
    return Ringing((event,)), (*_CUT, do.StartRinging(event.label))


def end_by_itself(_state: State, _event: Event) -> Step:
    """Nobody speaks any more: hang up, and let that be heard."""
    return Idle(), _GOODBYE


def end_at_limit(_state: State, _event: Event) -> Step:
    """It has lasted long enough: hang up, whatever is sounding."""
    return Idle(), (do.Flush(), *_GOODBYE)


def _end_after_last_turn(talk: Talk) -> Step:
    return Idle(), _HANG_UP if talk.is_silent else _GOODBYE


def fail(_state: State, event: SessionLost) -> Step:
    """The session is gone: say so, unless the server ended it in good order."""
    return _after_loss(event.trouble)


def _after_loss(trouble: Trouble | None) -> Step:
    if trouble is None:
        return Idle(), _GOODBYE
    return Offline(trouble), (*_HANG_UP, do.PlayEarcon(Earcon.ERROR))


# --- connecting ---------------------------------------------------------------------


def hear_while_connecting(state: Connecting, event: SpeechStarted | SpeechEnded) -> Step:
    """Remember whether the user still speaks; the pre-roll keeps the words."""
    is_speaking = isinstance(event, SpeechStarted)
    talk = state.talk.hears_user(is_user_speaking=is_speaking)
    has_spoken = state.has_user_spoken or not is_speaking
    return replace(state, talk=talk, has_user_spoken=has_spoken, must_chime=False), ()


def talk_while_connecting(state: Connecting, event: TalkHeld) -> Step:
    """The button tells from here on when the user speaks."""
    frame = event.frame if state.frame is None else state.frame
    talk = state.talk.hears_user(is_by_button=True, is_silent=False, is_last_turn=False)
    return replace(state, frame=frame, talk=talk, must_chime=False), (do.StopAttending(),)


def chime(state: Connecting, _event: Event) -> Step:
    """The user waits: say that it listens."""
    return replace(state, must_chime=False), (do.PlayEarcon(Earcon.WAKE),)


def begin(state: Connecting, _event: SessionReady) -> Step:
    """The session is open: send what is waiting."""
    start: tuple[Effect, ...] = () if state.frame is None else (do.StartUplink(state.frame),)
    if state.text is not None:
        return Thinking(state.talk), (*start, do.SendText(ANNOUNCEMENT.format(state.text)))
    if state.has_user_spoken and not state.talk.is_user_speaking:
        return Thinking(state.talk), start
    return Listening(state.talk), start


# --- the user's turn ----------------------------------------------------------------


def hear_start(state: Listening | Thinking, event: SpeechStarted) -> Step:
    """The user speaks: it is their turn, for as long as it takes."""
    cut_in_frame = event.frame if isinstance(state, Thinking) else None
    return Listening(state.talk.hears_user(), cut_in_frame), ()


def hear_talk(state: Listening | Thinking, event: TalkHeld) -> Step:
    """The user speaks, and the button tells for how long."""
    talk = state.talk.hears_user(is_by_button=True)
    return Listening(talk), (do.StopAttending(), do.ResumeUplink(event.frame))


def hear_wake(state: Listening, event: WakeHeard) -> Step:
    """It listens already, unless it was waiting for the button."""
    if not state.talk.is_by_button:
        return state, ()
    talk = state.talk.hears_user(is_by_button=False, is_user_speaking=False)
    return Listening(talk), (do.Attend(attention_from(event)), do.ResumeUplink(event.frame))


def hear_stop(state: Listening, event: StopHeard) -> Step:
    """The stop word alone, while a reply was awaited, ends it; else it is for the model."""
    since = state.cut_in_frame
    if since is None or event.frame - since > LONE_WORD:
        return state, ()
    return end(state, event)


def hear_end(state: Listening | Thinking, _event: SpeechEnded) -> Step:
    """The user has finished: a reply is due."""
    return Thinking(state.talk.but(is_user_speaking=False)), ()


def hear_over_reply(state: Speaking, event: SpeechStarted | SpeechEnded) -> Step:
    """Speech over the reply; the server decides whether it is a barge-in."""
    is_speaking = isinstance(event, SpeechStarted)
    return replace(state, talk=state.talk.hears_user(is_user_speaking=is_speaking)), ()


def hear_words(state: Conversing, _event: UserText) -> Step:
    """The server has understood words of the user that were not noticed here."""
    return replace(state, talk=state.talk.but(is_users_turn=True)), ()


def listen_again(state: Thinking | Speaking, _event: Event) -> Step:
    """No reply came, or its end did not. Let the user try again."""
    if state.talk.is_last_turn:
        return _end_after_last_turn(state.talk)
    return Listening(state.talk), _resume(state.talk)


def say(state: Conversing, event: SayAsked) -> Step:
    """Announce within the conversation that is going on."""
    return state, (do.SendText(ANNOUNCEMENT.format(event.text)),)


# --- the reply ----------------------------------------------------------------------


def hear_reply(state: Listening | Thinking, event: ReplyAudio) -> Step:
    """The reply begins, unless it is the rest of one that was cut here."""
    if state.talk.is_discarding:
        return state, ()
    return Speaking(_replying(state.talk)), (do.ShutUplink(), do.Play(event.pcm))


def hear_more(state: Speaking, event: ReplyAudio) -> Step:
    """The reply goes on."""
    return Speaking(_replying(state.talk)), (do.Play(event.pcm),)


def _replying(talk: Talk) -> Talk:
    """The model speaks: what it says after its calls were answered is the reply."""
    return talk.but(has_called=bool(talk.has_called and talk.pending_calls))


def drained(state: Speaking, _event: Event) -> Step:
    """Everything that arrived has been heard."""
    return _after_reply(replace(state, is_drained=True))


def reply_complete(state: Speaking, _event: TurnComplete) -> Step:
    """The server has sent the whole reply; some of it may still be sounding."""
    talk = state.talk
    if not (talk.is_user_speaking or talk.has_called or talk.pending_calls):
        talk = talk.but(is_users_turn=False)
    return _after_reply(replace(state, talk=talk, is_turn_complete=True))


def _after_reply(state: Speaking) -> Step:
    if not (state.is_turn_complete and state.is_drained):
        return state, ()
    talk = state.talk
    if talk.trouble is not None:
        return _after_loss(talk.trouble)
    if talk.pending_calls:
        return Thinking(talk), _resume(talk)
    if talk.is_last_turn:
        return _end_after_last_turn(talk)
    return Listening(talk), _resume(talk)


def _resume(talk: Talk) -> tuple[Effect, ...]:
    """Hear the user again, unless it is the button that says when."""
    return () if talk.is_by_button else (do.ResumeUplink(),)


def turn_without_audio(state: Listening | Thinking, _event: TurnComplete) -> Step:
    """A turn ended with nothing left to hear: cut here, silent, or only a tool call."""
    talk = state.talk.but(is_discarding=False)
    if state.talk.is_discarding or talk.pending_calls or isinstance(state, Listening):
        return replace(state, talk=talk), ()
    if talk.is_last_turn:
        return _end_after_last_turn(talk)
    return Listening(talk), _resume(talk)


# --- barge-in -----------------------------------------------------------------------


def interrupted(state: Speaking, _event: Interrupted) -> Step:
    """The server heard the user over its reply, and stopped."""
    talk = state.talk.but(is_last_turn=state.talk.is_silent, is_users_turn=True)
    after = Listening(talk) if talk.is_user_speaking else Thinking(talk)
    return after, (do.Flush(), *_resume(talk))


def interrupted_early(state: Listening | Thinking, _event: Interrupted) -> Step:
    """The cut that was made here has reached the server: what follows is a new reply."""
    return replace(state, talk=state.talk.but(is_discarding=False)), (do.Flush(),)


def barge_in(state: Speaking, event: WakeHeard | StopHeard | Pressed) -> Step:
    """Fall silent and listen, from the end of the word or from the press on."""
    return _cut_in(state, event.frame, do.Attend(attention_from(event)), is_by_button=False)


def talk_over_reply(state: Speaking, event: TalkHeld) -> Step:
    """Fall silent and listen for as long as the button is down."""
    return _cut_in(state, event.frame, do.StopAttending(), is_by_button=True)


def _cut_in(state: Speaking, frame: Frames, attend: Effect, *, is_by_button: bool) -> Step:
    if state.talk.is_silent:
        return Idle(), _CUT
    talk = state.talk.hears_user(
        is_user_speaking=is_by_button,
        is_by_button=is_by_button,
        is_discarding=not state.is_turn_complete,
        is_last_turn=False,
    )
    return Listening(talk), (do.Flush(), do.CutReply(), attend, do.ResumeUplink(frame))


# --- tools --------------------------------------------------------------------------


def call_tool(state: Conversing, event: ToolCall) -> Step:
    """Run a tool; the model waits for the answer, or talks on meanwhile.

    What a tool or a picture told it is no wish of the user: a model that acts without
    having been asked is refused, whoever put it up to that.
    """
    if not state.talk.is_users_turn:
        return state, (do.RefuseTool(event, UNASKED),)
    talk = state.talk.but(has_called=True, pending_calls=state.talk.pending_calls | {event.id})
    after = replace(state, talk=talk) if isinstance(state, Speaking) else Thinking(talk)
    return after, (do.CallTool(event),)


def answer_tool(state: Conversing, event: ToolFinished) -> Step:
    """Give the model the answer; a cancelled call gets none."""
    call_id = event.answer.id
    if call_id not in state.talk.pending_calls:
        return state, ()
    talk = state.talk.but(
        pending_calls=state.talk.pending_calls - {call_id},
        is_last_turn=state.talk.is_last_turn or event.is_farewell,
    )
    return replace(state, talk=talk), (do.AnswerTool(event.answer),)


def cancel_tools(state: Conversing, event: ToolCallsCancelled) -> Step:
    """The model no longer wants these answers."""
    pending = state.talk.pending_calls - set(event.ids)
    return replace(state, talk=state.talk.but(pending_calls=pending)), (do.CancelTools(event.ids),)


# --- the session's own end ----------------------------------------------------------


def lose_session_while_speaking(state: Speaking, event: SessionLost) -> Step:
    """What has arrived of the reply is still heard; then comes the end."""
    talk = Talk(is_last_turn=True, trouble=event.trouble)
    step = _after_reply(replace(state, talk=talk, is_turn_complete=True))
    return step[0], (do.StopUplink(), *step[1])
