"""The composition root: read this page to learn how the daemon is put together.

Everything is built here, started in order, and stopped in reverse. Nothing below
builds its own collaborators, and nothing else opens the body.

    microphone -> capture thread -> switchboard -> assistant -> performer -> link -> server
    speaker    <- playback thread <---------------------------- performer <- link <- server

Ready means: the parts are open, or known to be missing. It never means that there is
a network; that is looked for when somebody speaks.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from myna.assistant import Assistant
from myna.audio.capture import Capture
from myna.audio.earcon_policy import EarconRules
from myna.audio.playback import Playback
from myna.audio.signals import Signals
from myna.audio.speech import SpeechFinding
from myna.audio.voice import voice_opener
from myna.audio.words import Words
from myna.commands import Commands, Desk
from myna.config import Config
from myna.config.places import control_socket, state_dir
from myna.control.server import ControlServer
from myna.conversation.endpointing import END_S
from myna.conversation.states import Timing
from myna.echo.opening import open_echo
from myna.errors import CredentialError, VoiceError, WakeEngineError
from myna.health import Health
from myna.line.dialler import Dialler, Offer
from myna.line.exchange import Books
from myna.line.link import Link
from myna.line.spare import Spare
from myna.live.credential_source import CredentialSource
from myna.live.credentials import Credential, find_porcupine_key
from myna.live.messages import FunctionDeclaration
from myna.live.profiles import profile_for
from myna.performer import Parts, Performer
from myna.redaction import Redaction
from myna.stills import StillStream
from myna.switchboard import Switchboard
from myna.tools.camera import look_tools
from myna.tools.clock import clock_tools
from myna.tools.conversation import conversation_tools
from myna.tools.outputs import output_tools
from myna.tools.registry import Registry
from myna.tools.stills import Gaze
from myna.tools.volume import volume_tools
from myna.trace import Trace
from myna.usage.budget import Budget
from myna.usage.meter import Meter
from myna.usage.store import Store
from myna.wake.detector import WakeDetector
from myna.wake.ladder import Choice, open_detector
from myna.wake.over_reply import OverReply, open_over_reply
from myna.wake.stop import open_stop_detector
from myna_hardware.body import Body
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Pattern
from myna_hardware.night import parse_night

log = logging.getLogger(__name__)

SETTLE_S: Final = 5.0
"""How long start-up waits for a sound device that neither opens nor fails."""


@dataclass(frozen=True, slots=True)
class App:
    """A running daemon.

    Attributes:
        body: Its devices.
        assistant: Its conversation.
        health: What is not well.
        source_ended: Set once a file microphone is over.
        failure: Raises the bug that made the daemon useless, once there is one.
    """

    body: Body
    assistant: Assistant
    health: Health
    source_ended: asyncio.Event
    failure: asyncio.Future[None]


@asynccontextmanager
async def running(
    config: Config, environ: Mapping[str, str], trace: Trace, redaction: Redaction
) -> AsyncIterator[App]:
    """Run the daemon for as long as the context lasts.

    Args:
        config: Checked.
        environ: Where keys and folders of this process are looked up.
        trace: Takes what happens; stays open.
        redaction: Learns the secrets that are found.

    Raises:
        CommandError: Another daemon runs already.
    """
    async with AsyncExitStack() as stack:
        health = Health(trace, redaction)
        switchboard = Switchboard(trace, health)
        meter = await stack.enter_async_context(_meter(config, environ, health))
        body = stack.enter_context(_open_body(config, health))
        body.lights.show(Pattern.STARTING)
        trace.emit("lights", pattern=Pattern.STARTING.value)
        wake = _open_wake(config, environ, health, redaction)
        echo = open_echo(config, health.degrade)
        speech = _speech_finding(config, health)
        words = Words(wake.detector, _open_over_reply(config, wake), _open_stop(config))
        capture = Capture(body.open_microphone, words, switchboard.post, echo, speech)
        playback = Playback(body.open_speaker, switchboard.post, config.speaker.volume, echo.played)
        signals = Signals(playback, _earcon_rules(config), _local_time)
        gaze = None if body.camera is None else Gaze(body.camera, config.camera)
        tools = _tools(body, playback, gaze)
        timing = Timing(
            wake_wait_s=config.conversation.wake_wait_s,
            follow_up_s=config.conversation.follow_up_s,
        )
        assistant = Assistant(body.lights, trace, timing, lambda: capture.next_frame)
        source = CredentialSource(config.live, environ, redaction.hide)
        offer = Offer(config.live, _declarations(tools), body.camera is not None)
        spare = Spare(config.live, source, trace) if config.live.open_ahead else None
        dialler = Dialler(offer, source, spare)
        books = Books(health, trace, meter)
        profile = profile_for(config.live.model)
        if not config.conversation.end_silence_s:
            profile = replace(profile, takes_audio_end=False)
        link = Link(dialler, profile, capture, assistant.post_in_turn, books)
        stills = StillStream(gaze if config.camera.stills == "speaking" else None, health)
        performer = Performer(
            Parts(capture, playback, signals, link, tools, stills, meter, health, trace, echo),
            assistant.post,
            config.conversation.limit_s,
        )
        switchboard.connect(assistant, performer, link, playback, stills)
        desk = Desk(
            config,
            assistant,
            playback,
            health,
            body.outputs,
            wake,
            meter,
            echo,
            lambda: capture.next_frame,
        )
        control = ControlServer(control_socket(config, environ), Commands(desk).answer)
        _check_credential(source, health)

        await stack.enter_async_context(_open_control(control))
        stack.enter_context(_running_thread(playback))
        stack.enter_context(_running_thread(capture))
        await asyncio.to_thread(_settle, playback, capture)
        await stack.enter_async_context(_conversing(assistant, performer, switchboard))
        body.button.listen(switchboard.post)
        performer.note_duplex()
        trace.emit("ready", wake_engine=wake.engine)
        if config.speaker.driver == "pyaudio":
            performer.greet()
        yield App(body, assistant, health, switchboard.source_ended, switchboard.failure)
    trace.emit("stopped")


# --- starting and stopping, a part each -------------------------------------------------


def _open_body(config: Config, health: Health) -> closing[Body]:
    def degrade(part: str, error: HardwareError) -> None:
        health.degrade(part, error.about(part))

    return closing(Body.open(config.body, degrade))


@asynccontextmanager
async def _open_control(control: ControlServer) -> AsyncIterator[None]:
    await control.start()
    try:
        yield
    finally:
        await control.close()


@contextmanager
def _running_thread(thread: Capture | Playback) -> Iterator[None]:
    thread.start()
    try:
        yield
    finally:
        thread.stop()


@asynccontextmanager
async def _conversing(
    assistant: Assistant, performer: Performer, switchboard: Switchboard
) -> AsyncIterator[None]:
    async def converse() -> None:
        try:
            await assistant.run(performer)
        except Exception as error:  # noqa: BLE001 - task supervision: the daemon must know and end
            switchboard.fail(error)

    task = asyncio.create_task(converse(), name="assistant")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        await performer.stop()


def _settle(playback: Playback, capture: Capture) -> None:
    """Wait until both sound devices are open or known to be missing."""
    playback.wait_settled(SETTLE_S)
    capture.wait_settled(SETTLE_S)


# --- choosing and building -------------------------------------------------------------


def _meter(config: Config, environ: Mapping[str, str], health: Health) -> Meter:
    budget = Budget(config.budget.daily_minutes, config.budget.daily_tokens)
    return Meter(Store(state_dir(config, environ)), budget, health)


def _declarations(tools: Registry) -> list[FunctionDeclaration]:
    return [
        FunctionDeclaration(tool.name, tool.description, dict(tool.parameters), tool.behavior)
        for tool in tools.declarations()
    ]


def _open_wake(
    config: Config, environ: Mapping[str, str], health: Health, redaction: Redaction
) -> Choice:
    """Climb the ladder of wake engines; what was passed over is said once."""
    key: Credential | None = None
    try:
        key = find_porcupine_key(config.wake, environ)
    except CredentialError as error:
        health.degrade("wake key", str(error))
    if key is not None:
        redaction.hide(key.reveal())
    choice = open_detector(config.wake, key.reveal() if key else None)
    for refusal in choice.refused:
        health.degrade(f"wake engine {refusal.engine}", refusal.problem)
    words = choice.detector.words if choice.detector else ("the button only",)
    log.info("answers to %s (wake engine: %s)", ", ".join(words), choice.engine)
    return choice


def _speech_finding(config: Config, health: Health) -> SpeechFinding:
    """Say once that voices cannot be told from noise; loudness goes a long way."""
    open_voice = None
    try:
        open_voice = voice_opener()
    except VoiceError as error:
        health.degrade("voice activity", str(error))
    end_s = config.conversation.end_silence_s or END_S
    return SpeechFinding(open_voice, end_s, is_at_rest=config.live.open_ahead)


def _tools(body: Body, playback: Playback, gaze: Gaze | None) -> Registry:
    return Registry(
        [
            *(output_tools(body.outputs) if body.outputs.states() else []),
            *volume_tools(playback),
            *clock_tools(_local_time),
            *(look_tools(gaze) if gaze is not None else []),
            *conversation_tools(),
        ],
        clock=time.monotonic,
    )


def _local_time() -> datetime:
    return datetime.now(UTC).astimezone()


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


def _earcon_rules(config: Config) -> EarconRules:
    night = config.audio.night
    return EarconRules(config.audio.earcons, None if night is None else parse_night(night))


def _check_credential(source: CredentialSource, health: Health) -> None:
    """Say early that there is no key; it is no reason to stop."""
    try:
        source.check()
    except CredentialError as error:
        health.degrade("key", str(error))
