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
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from myna.assistant import Assistant
from myna.audio.capture import Capture
from myna.audio.playback import Playback
from myna.commands import Commands, Desk
from myna.config import Config
from myna.config.places import control_socket
from myna.control.server import ControlServer
from myna.conversation.states import Timing
from myna.errors import CredentialError
from myna.health import Health
from myna.link import Link
from myna.live.connection import LiveSession, open_session
from myna.live.credentials import Credential, find_credential, find_porcupine_key
from myna.live.messages import FunctionDeclaration
from myna.performer import Parts, Performer
from myna.redaction import Redaction
from myna.switchboard import Switchboard
from myna.tools.camera import camera_tools
from myna.tools.clock import clock_tools
from myna.tools.conversation import conversation_tools
from myna.tools.outputs import output_tools
from myna.tools.registry import Registry
from myna.tools.volume import volume_tools
from myna.trace import Trace
from myna.wake.ladder import Choice, open_detector
from myna_hardware.body import Body
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Pattern

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
        health = Health(trace)
        switchboard = Switchboard(trace, health)
        body = stack.enter_context(_open_body(config, health))
        body.lights.show(Pattern.STARTING)
        trace.emit("lights", pattern=Pattern.STARTING.value)
        wake = _open_wake(config, environ, health, redaction)
        capture = Capture(body.open_microphone, wake.detector, switchboard.post)
        playback = Playback(body.open_speaker, switchboard.post, config.speaker.volume)
        tools = _tools(config, body, playback)
        timing = Timing(follow_up_s=config.conversation.follow_up_s)
        assistant = Assistant(body.lights, trace, timing, lambda: capture.next_frame)
        dial = _dialler(config, environ, redaction, tools, has_camera=body.camera is not None)
        link = Link(dial, capture, assistant.post_in_turn, health, trace)
        switchboard.connect(assistant, link, playback)
        performer = Performer(
            Parts(capture, playback, link, tools, trace),
            assistant.post,
            config.conversation.limit_s,
            is_half_duplex=_is_half_duplex(config, health),
        )
        desk = Desk(
            config, assistant, playback, health, body.outputs, wake, lambda: capture.next_frame
        )
        control = ControlServer(control_socket(config, environ), Commands(desk).answer)
        _check_credential(config, environ, health, redaction)

        await stack.enter_async_context(_open_control(control))
        stack.enter_context(_running_thread(playback))
        stack.enter_context(_running_thread(capture))
        await asyncio.to_thread(_settle, playback, capture)
        await stack.enter_async_context(_conversing(assistant, performer, switchboard))
        body.button.listen(switchboard.post)
        trace.emit("ready", wake_engine=wake.engine)
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


def _dialler(
    config: Config,
    environ: Mapping[str, str],
    redaction: Redaction,
    tools: Registry,
    *,
    has_camera: bool,
) -> Callable[[], Awaitable[LiveSession]]:
    declarations = [
        FunctionDeclaration(tool.name, tool.description, dict(tool.parameters))
        for tool in tools.declarations()
    ]

    async def dial() -> LiveSession:
        # Looked for anew each time: a key that is put in place later works at once.
        credential = _credential(config, environ, redaction)
        return await open_session(config.live, credential, declarations, has_camera=has_camera)

    return dial


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


def _tools(config: Config, body: Body, playback: Playback) -> Registry:
    camera = camera_tools(body.camera, config.camera) if body.camera is not None else []
    return Registry(
        [
            *(output_tools(body.outputs) if body.outputs.states() else []),
            *volume_tools(playback),
            *clock_tools(lambda: datetime.now(UTC).astimezone()),
            *camera,
            *conversation_tools(),
        ],
        clock=time.monotonic,
    )


def _credential(config: Config, environ: Mapping[str, str], redaction: Redaction) -> Credential:
    credential = find_credential(config.live, environ)
    redaction.hide(credential.reveal())
    return credential


def _check_credential(
    config: Config, environ: Mapping[str, str], health: Health, redaction: Redaction
) -> None:
    """Say early that there is no key; it is no reason to stop."""
    try:
        _credential(config, environ, redaction)
    except CredentialError as error:
        health.degrade("key", str(error))


def _is_half_duplex(config: Config, health: Health) -> bool:
    """Decide whether the uplink is shut while a reply sounds.

    A real microphone hears the speaker; without an echo canceller the model would
    answer itself. Files hear nothing.
    """
    if config.audio.echo == "cancel":
        health.degrade("echo", "this version has no echo canceller: audio.echo is half-duplex")
    if config.audio.echo == "auto":
        return config.microphone.driver == "pyaudio"
    return config.audio.echo != "none"
