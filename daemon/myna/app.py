"""The life of the daemon: read this page to learn in which order it starts and stops.

Everything is built in `assembly`, started here in order, and stopped in reverse. Nothing
below builds its own collaborators, and nothing else opens the body.

Ready means: the parts are open, or known to be missing. It never means that there is
a network; that is looked for when somebody speaks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from typing import Final

from myna.assembly import assemble
from myna.assistant import Assistant
from myna.audio.capture import Capture
from myna.audio.playback import Playback
from myna.audio.pulse import Pulse
from myna.building.beside import build_timers
from myna.building.changing import Appliers, budget_of
from myna.building.ground import Ground
from myna.config import Config
from myna.config.places import state_dir
from myna.control.server import ControlServer
from myna.conversation.events import MuteLocked, MuteUnlocked
from myna.conversation.states import Muted, State
from myna.hands import Turned
from myna.health import Health
from myna.performer import Performer
from myna.redaction import Redaction
from myna.service.departure import Departure
from myna.supervision import supervised
from myna.switchboard import Switchboard
from myna.trace import Trace
from myna.usage.meter import Meter
from myna.usage.store import Store
from myna_hardware.body import Body
from myna_hardware.interfaces import Pattern

SETTLE_S: Final = 5.0
"""How long start-up waits for a sound device that neither opens nor fails."""


@dataclass(frozen=True, slots=True)
class App:
    """A running daemon.

    Attributes:
        body: Its devices.
        pulses: Tell whether its threads move, by their parts.
        assistant: Its conversation.
        appliers: Put a changed configuration in force.
        health: What is not well.
        source_ended: Set once a file microphone is over.
        failure: Raises the bug that made the daemon useless, once there is one.
    """

    body: Body
    pulses: Mapping[str, Callable[[], Pulse]]
    assistant: Assistant
    appliers: Appliers
    health: Health
    source_ended: asyncio.Event
    failure: asyncio.Future[None]


@asynccontextmanager
async def running(  # noqa: PLR0913 - the last two are the service's
    config: Config,
    environ: Mapping[str, str],
    trace: Trace,
    redaction: Redaction,
    departure: Departure | None = None,
    *,
    is_safe_mode: bool = False,
) -> AsyncIterator[App]:
    """Run the daemon for as long as the context lasts.

    Args:
        config: Checked.
        environ: Where keys and folders of this process are looked up.
        trace: Takes what happens; stays open.
        redaction: Learns the secrets that are found.
        departure: Told what must be done even if leaving hangs.
        is_safe_mode: Whether nothing of anybody else may be loaded.

    Raises:
        CommandError: Another daemon runs already.
    """
    async with AsyncExitStack() as stack:
        stack.callback(trace.emit, "stopped")
        health = Health(trace, redaction)
        ground = Ground(config, environ, trace, redaction, health, is_safe_mode)
        switchboard = Switchboard(trace, health)
        meter = await stack.enter_async_context(_meter(config, environ, health))
        timers = await stack.enter_async_context(build_timers(ground))
        # Nothing is awaited from here on until all parts are there to be told of trouble.
        body = stack.enter_context(_open_body(config, switchboard, trace))
        if departure is not None:
            departure.rescue(body.lights.close)
            departure.rescue(body.outputs.close)
        parts = assemble(ground, body, switchboard, meter, timers)

        await stack.enter_async_context(_open_control(parts.control))
        _begin_muted(parts.beginning, parts.capture, trace)
        stack.enter_context(_running_thread(parts.playback))
        stack.enter_context(_running_thread(parts.capture))
        await asyncio.to_thread(_settle, parts.playback, parts.capture)
        # They outlive the conversation, so that music comes back also when that ends badly.
        for name, run in parts.beside.items():
            await stack.enter_async_context(supervised(run, name, health))
        await stack.enter_async_context(_conversing(parts.assistant, parts.performer, switchboard))
        _listen_to_hands(body, switchboard, was_locked=parts.beginning == Muted(is_locked=True))
        parts.performer.note_duplex()
        trace.emit("ready", wake_engine=parts.wake_engine)
        if config.speaker.driver == "pyaudio":
            parts.performer.greet()
        parts.prepare()
        pulses = {
            "microphone": lambda: parts.capture.pulse,
            "speaker": lambda: parts.playback.pulse,
        }
        yield App(
            body,
            pulses,
            parts.assistant,
            parts.appliers,
            health,
            switchboard.source_ended,
            switchboard.failure,
        )


# --- starting and stopping, a part each -------------------------------------------------


def _meter(config: Config, environ: Mapping[str, str], health: Health) -> Meter:
    return Meter(Store(state_dir(config, environ)), budget_of(config), health)


@contextmanager
def _open_body(config: Config, switchboard: Switchboard, trace: Trace) -> Iterator[Body]:
    with closing(Body.open(config.body, switchboard.tell)) as body:
        body.lights.show(Pattern.STARTING)
        trace.emit("lights", pattern=Pattern.STARTING.value)
        yield body


def _listen_to_hands(body: Body, switchboard: Switchboard, *, was_locked: bool) -> None:
    """Hear of what hands do, and of the trouble of what they touch and see.

    Args:
        body: What they touch.
        switchboard: Where it is told.
        was_locked: Where the mute switch stood at the beginning.
    """

    def note_switch(is_muted: bool) -> None:  # noqa: FBT001 - as the switch calls it
        switchboard.post(MuteLocked() if is_muted else MuteUnlocked())

    body.button.listen(switchboard.post)
    body.button.watch(lambda error: switchboard.tell("button", error))
    body.lights.watch(lambda error: switchboard.tell("lights", error))
    body.sensors.watch(lambda name, error: switchboard.tell(f"sensor {name}", error))
    body.knob.listen(lambda detents: switchboard.post(Turned(detents)))
    body.mute_switch.listen(note_switch)
    if body.mute_switch.is_muted != was_locked:
        note_switch(not was_locked)  # it was flipped since then


def _begin_muted(beginning: State, capture: Capture, trace: Trace) -> None:
    if isinstance(beginning, Muted):
        capture.close_microphone()
        trace.emit("muted")


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
    """Wait until both sound devices work, or are known not to."""
    playback.wait_settled(SETTLE_S)
    capture.wait_settled(SETTLE_S)
