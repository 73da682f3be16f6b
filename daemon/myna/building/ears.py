"""Microphone to wake word."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from myna.audio.capture import Capture
from myna.audio.events import CaptureEvent
from myna.audio.speech import SpeechFinding
from myna.audio.tap import Tap
from myna.audio.voice import voice_opener
from myna.audio.words import Words
from myna.building.ground import Ground
from myna.config import Config
from myna.conversation.endpointing import END_S
from myna.echo.branches import Echo
from myna.echo.opening import open_echo
from myna.errors import CredentialError, VoiceError, WakeEngineError
from myna.health import Health
from myna.live.credentials import Credential, find_porcupine_key
from myna.telltale import Telltale
from myna.wake.detector import WakeDetector
from myna.wake.ladder import Choice, open_detector
from myna.wake.over_reply import OverReply, open_over_reply
from myna.wake.stop import open_stop_detector
from myna_hardware.interfaces import Microphone

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ears:
    """Microphone to wake word.

    Attributes:
        capture: The audio thread, not started yet.
        echo: What takes our own voice out.
        wake: The wake engine.
        tap: Lets others listen in on what is captured.
    """

    capture: Capture
    echo: Echo
    wake: Choice
    tap: Tap


def build_ears(
    ground: Ground,
    open_microphone: Callable[[int], Microphone],
    post: Callable[[CaptureEvent], None],
    light: Telltale,
) -> Ears:
    """Build what hears.

    Args:
        ground: What it stands on.
        open_microphone: See `Capture`.
        post: See `Capture`.
        light: The microphone light.
    """
    config, health = ground.config, ground.health
    wake = _open_wake(ground)
    echo = open_echo(config, health.degrade)
    words = Words(wake.detector, _open_over_reply(config, wake), _open_stop(config))
    speech = _speech_finding(config, health)
    tap = Tap()
    capture = Capture(tap.over(open_microphone), words, post, echo, speech, light=light)
    return Ears(capture, echo, wake, tap)


def _open_wake(ground: Ground) -> Choice:
    """Climb the ladder of wake engines; what was passed over is said once."""
    config, health = ground.config, ground.health
    key: Credential | None = None
    try:
        key = find_porcupine_key(config.wake, ground.environ)
    except CredentialError as error:
        health.degrade("wake key", str(error))
    if key is not None:
        ground.redaction.hide(key.reveal())
    choice = open_detector(config.wake, key.reveal() if key else None)
    for refusal in choice.refused:
        health.degrade(f"wake engine {refusal.engine}", refusal.problem)
    if choice.refused and choice.detector is None:
        health.degrade("wake engine", "none works, so only the button does")
    words = choice.detector.words if choice.detector else ("the button only",)
    log.info("answers to %s (wake engine: %s)", ", ".join(words), choice.engine)
    return choice


def _open_over_reply(config: Config, wake: Choice) -> OverReply | None:
    try:
        return open_over_reply(config.wake, wake.engine)
    except WakeEngineError as error:
        log.info("one detector for the wake word over a reply, too: %s", error.problem)
        return None


def _open_stop(config: Config) -> WakeDetector | None:
    """Open what listens for the stop word; without it wake word and button still cut in."""
    try:
        return open_stop_detector(config.wake)
    except WakeEngineError as error:
        log.info("no stop word: %s", error.problem)
        return None


def _speech_finding(config: Config, health: Health) -> SpeechFinding:
    """Say once that voices cannot be told from noise; loudness goes a long way."""
    open_voice = None
    try:
        open_voice = voice_opener()
    except VoiceError as error:
        health.degrade("voice activity", str(error))
    end_s = config.conversation.end_silence_s or END_S
    return SpeechFinding(open_voice, end_s, is_at_rest=config.live.open_ahead)
