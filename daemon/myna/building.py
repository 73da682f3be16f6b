"""Building what takes more than a line: the ears, the line to the server, the tools.

`app.py` says what the daemon consists of and in which order it runs; here is how each
part is chosen and made from the configuration. Nothing here starts anything.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from myna.audio.capture import Capture
from myna.audio.earcon_policy import EarconRules
from myna.audio.events import CaptureEvent
from myna.audio.speech import SpeechFinding
from myna.audio.voice import voice_opener
from myna.audio.words import Words
from myna.config import Config
from myna.config.places import state_dir, tools_folder
from myna.conversation.endpointing import END_S
from myna.conversation.states import Idle, Muted, Timing
from myna.echo.branches import Echo
from myna.echo.opening import open_echo
from myna.errors import CredentialError, PlayerError, VoiceError, WakeEngineError
from myna.health import Health
from myna.line.dialler import Dialler, Offer
from myna.line.spare import Spare
from myna.live.credential_source import CredentialSource
from myna.live.credentials import Credential, find_porcupine_key
from myna.live.messages import FunctionDeclaration
from myna.live.profiles import Profile, profile_for
from myna.mcp_servers.servers import McpServers
from myna.music.debts import Debts, DebtStore
from myna.music.ducking import Rules
from myna.music.music import Music
from myna.music.opening import open_player
from myna.music.player import pieces_of
from myna.music.reach import Reach
from myna.mute_memory import MuteMemory
from myna.redaction import Redaction
from myna.standing import Standing
from myna.telltale import Telltale
from myna.timers.clocks import SystemClocks, local_time
from myna.timers.keeper import Keeper
from myna.timers.store import Store as TimerStore
from myna.tools.camera import look_tools
from myna.tools.clock import clock_tools
from myna.tools.consent import Consent
from myna.tools.conversation import conversation_tools
from myna.tools.music import music_tools
from myna.tools.outputs import output_tools
from myna.tools.own import own_tools
from myna.tools.registry import Registry
from myna.tools.sensors import sensor_tools
from myna.tools.status import status_tools
from myna.tools.stills import Gaze
from myna.tools.timers import timer_tools
from myna.tools.tool import Tool
from myna.tools.volume import volume_tools
from myna.trace import Trace
from myna.volume import Volume
from myna.wake.detector import WakeDetector
from myna.wake.ladder import Choice, open_detector
from myna.wake.over_reply import OverReply, open_over_reply
from myna.wake.stop import open_stop_detector
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Camera, Lights, Microphone, MuteSwitch, Outputs, Sensors
from myna_hardware.night import parse_night

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ground:
    """What everything stands on.

    Attributes:
        config: Checked.
        environ: Where keys and folders of this process are looked up.
        trace: Takes what happens.
        redaction: Learns the secrets that are found.
        health: Told what is missing.
    """

    config: Config
    environ: Mapping[str, str]
    trace: Trace
    redaction: Redaction
    health: Health


@dataclass(frozen=True, slots=True)
class Ears:
    """Microphone to wake word.

    Attributes:
        capture: The audio thread, not started yet.
        echo: What takes our own voice out.
        wake: The wake engine.
    """

    capture: Capture
    echo: Echo
    wake: Choice


# --- hearing ----------------------------------------------------------------------------


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
    capture = Capture(open_microphone, words, post, echo, speech, light=light)
    return Ears(capture, echo, wake)


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


# --- the line to the server -------------------------------------------------------------


def build_dialler(ground: Ground, tools: Registry, *, has_camera: bool) -> Dialler:
    """Build what opens sessions; say early that there is no key, which is no reason to stop."""
    live = ground.config.live
    source = CredentialSource(live, ground.environ, ground.redaction.hide)
    try:
        source.check()
    except CredentialError as error:
        ground.health.degrade("key", str(error))
    offer = Offer(live, lambda: _declarations(tools), has_camera)
    return Dialler(offer, source, Spare(live, source, ground.trace) if live.open_ahead else None)


def chosen_profile(config: Config) -> Profile:
    """Return what the configured model bears, as far as it may be made use of."""
    profile = profile_for(config.live.model)
    if config.conversation.end_silence_s:
        return profile
    return replace(profile, takes_audio_end=False)


def _declarations(tools: Registry) -> list[FunctionDeclaration]:
    return [
        FunctionDeclaration(tool.name, tool.description, dict(tool.parameters), tool.behavior)
        for tool in tools.declarations()
    ]


# --- hands, eyes and tools --------------------------------------------------------------


def build_telltales(lights: Lights, trace: Trace) -> tuple[Telltale, Telltale]:
    """Make the microphone light and the camera light."""

    def show_microphone(is_on: bool) -> None:  # noqa: FBT001 - as a telltale calls it
        lights.light_microphone(is_on=is_on)
        trace.emit("microphone_light", is_on=is_on)

    def show_camera(is_on: bool) -> None:  # noqa: FBT001 - as a telltale calls it
        lights.light_camera(is_on=is_on)
        trace.emit("camera_light", is_on=is_on)

    return Telltale(show_microphone), Telltale(show_camera)


def build_gaze(
    camera: Camera | None,
    config: Config,
    light: Telltale,
    tell: Callable[[str, HardwareError | None], None],
) -> Gaze | None:
    """Build the eye, where there is a camera."""
    if camera is None:
        return None
    return Gaze(camera, config.camera, light=light, tell=lambda error: tell("camera", error))


def build_timers(ground: Ground) -> Keeper:
    """Build what keeps timers and rings them."""
    settings = ground.config.timers
    return Keeper(
        TimerStore(state_dir(ground.config, ground.environ)),
        SystemClocks(is_trusted=settings.trust_clock),
        settings,
        ground.health,
        ground.trace,
    )


def build_music(ground: Ground) -> Music | None:
    """Build what sees to the music, where that is wanted and can be reached."""
    settings = ground.config.music
    try:
        player = open_player(settings, ground.environ, ground.redaction.hide)
    except PlayerError as error:
        ground.health.degrade("music", str(error))
        return None
    if player is None:
        return None
    reach = Reach(player, ground.health, ground.trace)
    debts = Debts(DebtStore(state_dir(ground.config, ground.environ)), ground.health)
    return Music(reach, Rules(settings.while_talking, settings.duck_percent), debts)


@dataclass(frozen=True, slots=True)
class Means:
    """What the tools work with.

    Attributes:
        outputs: What they switch.
        sensors: What they read.
        volume: What they turn up.
        gaze: What they look through, where there is a camera.
        timers: What they set to ring.
        consent: Asks for a yes.
        standing: How the speaker is.
        music: What they play, where there is a player.
        is_muted: Whether its microphone is closed.
    """

    outputs: Outputs
    sensors: Sensors
    volume: Volume
    gaze: Gaze | None
    timers: Keeper
    consent: Consent
    standing: Standing
    music: Music | None
    is_muted: Callable[[], bool]


def build_tools(ground: Ground, means: Means) -> Registry:
    """Build what the model may call."""
    return Registry(
        [
            *output_tools(means.outputs, ground.config.outputs),
            *sensor_tools(means.sensors),
            *volume_tools(means.volume),
            *clock_tools(local_time, lambda: means.timers.now().is_sure),
            *timer_tools(means.timers),
            *(music_tools(means.music, pieces_of(ground.config.music)) if means.music else []),
            *(look_tools(means.gaze) if means.gaze is not None else []),
            *status_tools(means.standing.figures, means.is_muted, means.timers.count),
            *conversation_tools(),
        ],
        clock=time.monotonic,
        consent=means.consent,
        rules=ground.config.tools.rules,
        redact=ground.redaction,
    )


def build_mcp(ground: Ground, tools: Registry) -> McpServers | None:
    """Build what connects to Model Context Protocol servers, where there are any."""
    if not ground.config.mcp:
        return None

    def offer(source: str, offered: Sequence[Tool]) -> list[str]:
        refused = tools.offer(source, offered)
        ground.trace.emit("tools_offered", source=source, tools=len(offered) - len(refused))
        return refused

    hide, health = ground.redaction.hide, ground.health
    return McpServers(ground.config.mcp, ground.environ, hide, health, offer)


def offer_own_tools(tools: Registry, config: Config, health: Health) -> None:
    """Put the tools of others beside those that come with the speaker."""
    for bundle in own_tools(tools_folder(config)):
        part = f"tools of {bundle.source}"
        if bundle.problem is not None:
            health.degrade(part, bundle.problem)
        refused = tools.offer(bundle.source, bundle.tools)
        if refused:
            health.degrade(part, f"taken already, so not offered: {', '.join(refused)}")


# --- conduct ----------------------------------------------------------------------------


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
