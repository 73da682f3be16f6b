"""How the conversation behaves."""

from __future__ import annotations

from myna.audio.earcon_policy import EarconRules
from myna.building.ground import Ground
from myna.config import Config
from myna.conversation.states import Idle, Muted, Timing
from myna.health import Health
from myna.mute_memory import MuteMemory
from myna.transcript import Transcript
from myna_hardware.interfaces import MuteSwitch
from myna_hardware.night import parse_night


def chosen_timing(config: Config) -> Timing:
    """Return how long the conversation waits."""
    conversation = config.conversation
    return Timing(wake_wait_s=conversation.wake_wait_s, follow_up_s=conversation.follow_up_s)


def beginning_of(switch: MuteSwitch, memory: MuteMemory, health: Health) -> Idle | Muted:
    """Begin muted if the switch says so, if it was muted before, or if nobody can tell."""
    if switch.is_muted:
        return Muted(is_locked=True)
    try:
        return Muted() if memory.recall() else Idle()
    except OSError as error:
        health.degrade("mute", f"nobody can tell whether it was muted ({error}): it is now")
        return Muted()


def earcon_rules(config: Config) -> EarconRules:
    """Return when which earcon may sound, and when words may be said."""
    audio = config.audio
    night = None if audio.night is None else parse_night(audio.night)
    return EarconRules(audio.earcons, night, has_words=audio.messages == "spoken")


def log_transcript(ground: Ground) -> None:
    """Write what is said into the log, where that is wanted."""
    if ground.config.log.transcript:
        ground.trace.subscribe(Transcript().on_event)
