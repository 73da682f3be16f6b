"""What happens outside a conversation: starting one, muting, ringing.

PURE. Each function is one rule of the table: (state, event) -> (state, effects).
"""

from __future__ import annotations

from myna.conversation import effects as do
from myna.conversation.effects import Effect
from myna.conversation.events import Event, ListenAsked, Pressed, RingAsked, SayAsked, WakeHeard
from myna.conversation.states import Connecting, Idle, Muted, Ringing, State, Talk
from myna_hardware.units import Frames

Step = tuple[State, tuple[Effect, ...]]


def start_listening(_state: State, event: WakeHeard | Pressed | ListenAsked) -> Step:
    """Open a session for the audio from the event's frame on."""
    return Connecting(frame=event.frame), (do.Attend(attention_from(event)), do.OpenSession())


def attention_from(event: WakeHeard | Pressed | ListenAsked) -> Frames:
    """Return where the user's speech is looked for: the end of the wake word is none."""
    return event.detected_frame if isinstance(event, WakeHeard) else event.frame


def start_announcing(_state: State, event: SayAsked) -> Step:
    """Open a session that only speaks."""
    return Connecting(text=event.text, talk=Talk(is_silent=True, is_last_turn=True)), (
        do.OpenSession(),
    )


def calm_down(_state: State, _event: Event) -> Step:
    """Stop showing trouble."""
    return Idle(), ()


def mute(_state: State, _event: Event) -> Step:
    """Close the microphone."""
    return Muted(), (do.CloseMicrophone(),)


def unmute(_state: State, _event: Event) -> Step:
    """Open the microphone again."""
    return Idle(), (do.OpenMicrophone(),)


def ring(state: State, event: RingAsked) -> Step:
    """Ring; a speaker that was muted stays so."""
    return Ringing(event.label, is_muted=isinstance(state, Muted)), (do.StartRinging(event.label),)


def stop_ringing(state: Ringing, _event: Event) -> Step:
    """Stop the ring, and only that: the wake word over a ring starts nothing."""
    return Muted() if state.is_muted else Idle(), (do.StopRinging(),)
