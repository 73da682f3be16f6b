"""What happens outside a conversation: starting one, muting, ringing.

PURE. Each function is one rule of the table: (state, event) -> (state, effects).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from myna.conversation import effects as do
from myna.conversation.effects import Earcon, Effect
from myna.conversation.events import (
    Event,
    ListenAsked,
    MuteLocked,
    MuteUnlocked,
    Pressed,
    RingAsked,
    RingOver,
    SayAsked,
    SpeechStarted,
    StopHeard,
    TalkHeld,
    WakeHeard,
)
from myna.conversation.states import Connecting, Idle, Muted, Ringing, State, Talk, Waking
from myna_hardware.units import Frames, frames_for

Step = tuple[State, tuple[Effect, ...]]

WORD_REST: Final = frames_for(0.2)
"""How far a wake word may go on after its estimated end: engines report it 80 to 190 ms
(micro) and 270 to 390 ms (open) late, and 250 and 400 ms are taken off (measured with
tests/speech). What sounds later is what the user goes on to say."""


def attention_from(event: WakeHeard | StopHeard | Pressed | ListenAsked) -> Frames:
    """Return where the user's speech is looked for: the wake word itself is none."""
    if isinstance(event, WakeHeard):
        return Frames(min(event.detected_frame, event.frame + WORD_REST))
    return event.frame


# --- starting -----------------------------------------------------------------------


def wake(_state: State, event: WakeHeard) -> Step:
    """Wait for somebody to speak: a false alarm opens nothing and costs nothing."""
    return Waking(event.frame), (do.Attend(attention_from(event)),)


def chime(state: Waking, _event: Event) -> Step:
    """Nothing was said in one breath with the wake word: say that it listens."""
    return replace(state, has_chimed=True), (do.PlayEarcon(Earcon.WAKE),)


def open_for_speech(state: Waking, event: SpeechStarted | StopHeard) -> Step:
    """The user speaks: open a session for all that came after the wake word."""
    is_speaking = isinstance(event, SpeechStarted)
    after = Connecting(frame=state.frame, talk=Talk(is_user_speaking=is_speaking))
    return after, (do.OpenSession(has_speech=True),)


def open_trusting(state: Waking, _event: Event) -> Step:
    """The session is wanted whether somebody speaks or not."""
    return Connecting(frame=state.frame, must_chime=not state.has_chimed), (do.OpenSession(),)


def open_to_announce(state: Waking, event: SayAsked) -> Step:
    """Announce, and listen to the user all the same."""
    talk = Talk(is_users_turn=False)
    return Connecting(frame=state.frame, text=event.text, talk=talk), (do.OpenSession(),)


def start_listening(_state: State, event: Pressed | ListenAsked) -> Step:
    """Open a session for the audio from the event's frame on, and say so."""
    return Connecting(frame=event.frame), (
        do.Attend(event.frame),
        do.PlayEarcon(Earcon.WAKE),
        do.OpenSession(),
    )


def start_talking(_state: State, event: TalkHeld) -> Step:
    """Open a session for what is said while the button is down; no chime cuts in."""
    after = Connecting(frame=event.frame, talk=Talk(is_user_speaking=True, is_by_button=True))
    return after, (do.StopAttending(), do.OpenSession(has_speech=True))


def start_announcing(_state: State, event: SayAsked) -> Step:
    """Open a session that only speaks."""
    talk = Talk(is_silent=True, is_last_turn=True, is_users_turn=False)
    return Connecting(text=event.text, talk=talk), (do.OpenSession(),)


# --- not starting -------------------------------------------------------------------


def calm_down(_state: State, _event: Event) -> Step:
    """Stop showing trouble."""
    return Idle(), ()


def sleep(_state: Waking, _event: Event) -> Step:
    """It was a false alarm, or is not wanted any more: as if nothing had been."""
    return Idle(), (do.StopUplink(),)


def sleep_muted(_state: Waking, event: Event) -> Step:
    """Close the microphone instead of listening."""
    after, effects = mute(Idle(), event)
    return after, (do.StopUplink(), *effects)


def sleep_ringing(_state: Waking, event: RingAsked) -> Step:
    """A timer is due."""
    after, effects = ring(Idle(), event)
    return after, (do.StopUplink(), *effects)


def mute(_state: State, event: Event) -> Step:
    """Close the microphone."""
    return muted_by(event), (close_by(event), do.PlayEarcon(Earcon.MUTE))


def muted_by(event: Event) -> Muted:
    """Return how the speaker is muted by what was asked."""
    return Muted(is_locked=isinstance(event, MuteLocked))


def close_by(event: Event) -> do.CloseMicrophone:
    """Return how the microphone is closed by what was asked."""
    return do.CloseMicrophone(is_remembered=not isinstance(event, MuteLocked))


def lock(_state: Muted, _event: MuteLocked) -> Step:
    """It is muted already; now the switch keeps it so."""
    return Muted(is_locked=True), ()


def unmute(state: Muted, event: Event) -> Step:
    """Open the microphone again, unless the switch forbids it."""
    if state.is_locked and not isinstance(event, MuteUnlocked):
        return state, (do.PlayEarcon(Earcon.ERROR),)
    return Idle(), (do.OpenMicrophone(), do.PlayEarcon(Earcon.UNMUTE))


def ring(state: State, event: RingAsked) -> Step:
    """Ring; a speaker that was muted stays so."""
    muted = state if isinstance(state, Muted) else None
    return Ringing((event,), muted), (do.StartRinging(event.label),)


def ring_too(state: Ringing, event: RingAsked) -> Step:
    """Another one is due: the same ring is for both."""
    return replace(state, asked=(*state.asked, event)), ()


def ring_over(state: Ringing, event: RingOver) -> Step:
    """One of those that ring has ended; the ring goes on for the others."""
    asked = tuple(each for each in state.asked if each.ring != event.ring)
    if asked:
        return replace(state, asked=asked), ()
    return state.muted or Idle(), (do.StopRinging(),)


def mute_ringing(state: Ringing, event: Event) -> Step:
    """Close the microphone under the ring, which goes on."""
    return replace(state, muted=muted_by(event)), (close_by(event),)


def unmute_ringing(state: Ringing, event: Event) -> Step:
    """Open the microphone under the ring, which goes on."""
    if state.muted is None or (state.muted.is_locked and not isinstance(event, MuteUnlocked)):
        return state, ()
    return replace(state, muted=None), (do.OpenMicrophone(),)


def stop_ringing(state: Ringing, _event: Event) -> Step:
    """Stop the ring, and only that: the wake word over a ring starts nothing."""
    return state.muted or Idle(), (do.StopRinging(_rings(state)),)


def snooze(state: Ringing, _event: Event) -> Step:
    """Stop the ring for a while."""
    return state.muted or Idle(), (do.StopRinging(_rings(state), is_snoozed=True),)


def _rings(state: Ringing) -> tuple[int, ...]:
    return tuple(each.ring for each in state.asked)
