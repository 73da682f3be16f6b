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
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from typing import Final

from myna.assistant import Assistant
from myna.audio.capture import Capture
from myna.audio.playback import Playback
from myna.audio.signals import Signals
from myna.building import (
    Ground,
    Means,
    beginning_of,
    build_dialler,
    build_ears,
    build_gaze,
    build_mcp,
    build_music,
    build_telltales,
    build_timers,
    build_tools,
    chosen_profile,
    chosen_timing,
    earcon_rules,
    offer_own_tools,
)
from myna.commands import Commands, Desk
from myna.config import Config
from myna.config.places import control_socket, state_dir
from myna.control.server import ControlServer
from myna.conversation.events import MuteLocked, MuteUnlocked
from myna.conversation.states import Muted, State
from myna.hands import Hands, Turned
from myna.health import Health
from myna.line.exchange import Books
from myna.line.link import Link
from myna.mcp_servers.servers import PART as MCP
from myna.mcp_servers.servers import McpServers
from myna.music.music import Music
from myna.mute_memory import MuteMemory
from myna.notices.teller import PART as NOTICES
from myna.notices.teller import Teller, Voice
from myna.performer import Parts, Performer
from myna.redaction import Redaction
from myna.standing import Standing
from myna.stills import StillStream
from myna.supervision import supervised
from myna.switchboard import Concerned, Switchboard
from myna.timers.clocks import local_time
from myna.timers.keeper import Keeper
from myna.tools.consent import Consent
from myna.trace import Trace
from myna.usage.budget import Budget
from myna.usage.meter import Meter
from myna.usage.store import Store
from myna.volume import Volume
from myna_hardware.body import Body
from myna_hardware.interfaces import Pattern

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
        ground = Ground(config, environ, trace, redaction, health)
        switchboard = Switchboard(trace, health)
        meter = await stack.enter_async_context(_meter(config, environ, health))
        body = stack.enter_context(_open_body(config, switchboard, trace))
        microphone_light, camera_light = build_telltales(body.lights, trace)
        ears = build_ears(ground, body.open_microphone, switchboard.post, microphone_light)
        capture, echo = ears.capture, ears.echo
        playback = Playback(body.open_speaker, switchboard.post, config.speaker.volume, echo.played)
        signals = Signals(playback, earcon_rules(config), local_time)
        volume = Volume(playback, body.lights, trace, config.knob.percent_per_step)
        gaze = build_gaze(body.camera, config, camera_light, switchboard.tell)
        stills = StillStream(gaze if config.camera.stills == "speaking" else None)
        consent = Consent(trace, config.tools.confirm_wait_s)
        timers = await stack.enter_async_context(build_timers(ground))
        standing = Standing(volume, health, ears.wake, meter)
        means = Means(
            outputs=body.outputs,
            sensors=body.sensors,
            volume=volume,
            gaze=gaze,
            timers=timers,
            consent=consent,
            standing=standing,
            music=build_music(ground),
            is_muted=lambda: assistant.is_muted,
        )
        tools = build_tools(ground, means)
        offer_own_tools(tools, config, health)

        mute_memory = MuteMemory(state_dir(config, environ))
        beginning = beginning_of(body.mute_switch, mute_memory, health)
        assistant = Assistant(body.lights, trace, chosen_timing(config), beginning)
        dialler = build_dialler(ground, tools, has_camera=body.camera is not None)
        books = Books(health, trace, meter, camera_light)
        link = Link(dialler, chosen_profile(config), capture, assistant.post_in_turn, books)
        performer = Performer(
            Parts(
                capture=capture,
                playback=playback,
                signals=signals,
                link=link,
                tools=tools,
                consent=consent,
                stills=stills,
                meter=meter,
                health=health,
                trace=trace,
                echo=echo,
                mute_memory=mute_memory,
                timers=timers,
            ),
            assistant.post,
            config.conversation.limit_s,
        )
        teller = Teller(
            Voice(signals, performer.ignore_own, lambda: echo.is_half_duplex),
            health,
            trace,
            beginning,
        )
        _let_tell(teller, assistant, performer, (health, consent, timers))
        hands = Hands(
            assistant,
            link,
            stills,
            volume,
            trace,
            consent=consent,
            double_s=config.button.double_s,
            shut_down=performer.shut_down,
        )
        switchboard.connect(Concerned(assistant, performer, link, playback, stills, hands))
        desk = Desk(
            config=config,
            assistant=assistant,
            volume=volume,
            standing=standing,
            outputs=body.outputs,
            tools=tools,
            consent=consent,
            timers=timers,
            echo=echo,
            next_frame=lambda: capture.next_frame,
        )
        control = ControlServer(control_socket(config, environ), Commands(desk).answer)

        await stack.enter_async_context(_open_control(control))
        _begin_muted(beginning, capture, trace)
        stack.enter_context(_running_thread(playback))
        stack.enter_context(_running_thread(capture))
        await asyncio.to_thread(_settle, playback, capture)
        await stack.enter_async_context(_with_music(means.music, assistant, health))
        await stack.enter_async_context(_conversing(assistant, performer, switchboard))
        await stack.enter_async_context(_ringing(timers, assistant, health))
        _listen_to_hands(body, switchboard, was_locked=beginning == Muted(is_locked=True))
        performer.note_duplex()
        await stack.enter_async_context(_with_servers(build_mcp(ground, tools), health))
        trace.emit("ready", wake_engine=ears.wake.engine)
        await stack.enter_async_context(_telling(teller, performer, ground))
        yield App(body, assistant, health, switchboard.source_ended, switchboard.failure)
    trace.emit("stopped")


# --- starting and stopping, a part each -------------------------------------------------


def _meter(config: Config, environ: Mapping[str, str], health: Health) -> Meter:
    budget = Budget(config.budget.daily_minutes, config.budget.daily_tokens)
    return Meter(Store(state_dir(config, environ)), budget, health)


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


def _let_tell(
    teller: Teller,
    assistant: Assistant,
    performer: Performer,
    sources: tuple[Health, Consent, Keeper],
) -> None:
    """Have what is wrong, and what is wanted, shown and heard."""
    health, consent, timers = sources
    consent.watch(assistant.show_question)
    consent.watch(performer.sound_question)
    consent.watch(teller.note_question)
    health.watch(assistant.note_part)
    health.watch(teller.note_part)
    assistant.watch(teller.note_state)
    timers.watch_missed(teller.note_missed)


@asynccontextmanager
async def _telling(teller: Teller, performer: Performer, ground: Ground) -> AsyncIterator[None]:
    if ground.config.speaker.driver == "pyaudio":
        performer.greet()
    async with supervised(teller.run, NOTICES, ground.health):
        yield


@asynccontextmanager
async def _with_servers(servers: McpServers | None, health: Health) -> AsyncIterator[None]:
    if servers is None:
        yield
        return
    async with supervised(servers.run, MCP, health):
        yield


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
async def _with_music(
    music: Music | None, assistant: Assistant, health: Health
) -> AsyncIterator[None]:
    """Outlives the conversation, so that music comes back also when that ends badly."""
    if music is None:
        yield
        return
    assistant.watch(music.note)
    async with supervised(music.run, "music", health):
        yield


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


@asynccontextmanager
async def _ringing(timers: Keeper, assistant: Assistant, health: Health) -> AsyncIterator[None]:
    timers.connect(assistant.post)
    async with supervised(timers.run, "ringing", health):
        yield


def _settle(playback: Playback, capture: Capture) -> None:
    """Wait until both sound devices are open or known to be missing."""
    playback.wait_settled(SETTLE_S)
    capture.wait_settled(SETTLE_S)
