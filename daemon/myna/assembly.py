"""What the daemon consists of: every part, built and connected, none of them running.

    microphone -> capture thread -> switchboard -> assistant -> performer -> link -> server
    speaker    <- playback thread <---------------------------- performer <- link <- server

Read from top to bottom: what it hears and sounds with, what the model may call, the
conversation, those who reach it from outside, and what runs beside it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from myna.assistant import Assistant
from myna.audio.capture import Capture
from myna.audio.playback import Playback
from myna.audio.signals import Signals
from myna.building.beside import build_mcp, build_metrics, build_mqtt, build_music
from myna.building.changing import Appliers, Changeable, build_appliers
from myna.building.conduct import beginning_of, chosen_timing, earcon_rules, log_transcript
from myna.building.ears import build_ears
from myna.building.eyes import build_gaze, build_telltales
from myna.building.ground import Ground
from myna.building.line import build_dialler, chosen_profile
from myna.building.tools import Means, build_tools, offer_own_tools
from myna.building.watch import build_observers
from myna.commands import Commands, Desk
from myna.config.places import control_socket, state_dir
from myna.control.server import ControlServer
from myna.conversation.states import Idle, Muted
from myna.doctor.inside import Examination
from myna.hands import Hands
from myna.line.exchange import Books
from myna.line.link import Link
from myna.mute_memory import MuteMemory
from myna.notices.teller import Teller, Voice
from myna.performer import Parts, Performer
from myna.standing import Standing
from myna.stills import StillStream
from myna.switchboard import Concerned, Switchboard
from myna.timers.clocks import local_time
from myna.timers.keeper import Keeper
from myna.tools.consent import Consent
from myna.usage.meter import Meter
from myna.volume import Volume
from myna_hardware.body import Body

Run: TypeAlias = Callable[[], Awaitable[None]]


class Beside(Protocol):
    """What runs beside the conversation."""

    async def run(self) -> None:
        """Run for ever, until cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Assembly:
    """The parts that are started and stopped.

    Attributes:
        capture: The thread that hears.
        playback: The thread that sounds.
        assistant: The conversation.
        performer: Does what the conversation decides.
        control: The socket of `myna status` and its siblings.
        beginning: Where the conversation begins.
        wake_engine: What listens for the wake word.
        beside: What runs for ever beside the conversation, by its name in the status.
        appliers: Put a changed configuration in force.
        prepare: Begins what is better done before the first call than in it.
    """

    capture: Capture
    playback: Playback
    assistant: Assistant
    performer: Performer
    control: ControlServer
    beginning: Idle | Muted
    wake_engine: str
    beside: dict[str, Run]
    appliers: Appliers
    prepare: Callable[[], None]


def assemble(
    ground: Ground, body: Body, switchboard: Switchboard, meter: Meter, timers: Keeper
) -> Assembly:
    """Build all parts and connect them.

    Args:
        ground: What they stand on.
        body: The devices, open.
        switchboard: Where threads hand over what happens.
        meter: Counts what is used; open.
        timers: What is set to ring; open.
    """
    config, trace, health = ground.config, ground.trace, ground.health

    microphone_light, camera_light = build_telltales(body.lights, trace)
    ears = build_ears(ground, body.open_microphone, switchboard.post, microphone_light)
    capture, echo = ears.capture, ears.echo
    played = ears.tap.beside(echo.played)
    playback = Playback(body.open_speaker, switchboard.post, config.speaker.volume, played)
    signals = Signals(playback, earcon_rules(config), local_time)
    volume = Volume(playback, body.lights, trace, config.knob.percent_per_step)
    gaze = build_gaze(body.camera, config, camera_light, switchboard.tell)
    stills = StillStream(gaze if config.camera.stills == "speaking" else None)

    music = build_music(ground)
    consent = Consent(trace, config.tools.confirm_wait_s)
    standing = Standing(volume, health, ears.wake, meter)
    means = Means(
        outputs=body.outputs,
        sensors=body.sensors,
        volume=volume,
        gaze=gaze,
        timers=timers,
        consent=consent,
        standing=standing,
        music=music,
        is_muted=lambda: assistant.is_muted,
    )
    tools = build_tools(ground, means)
    offer_own_tools(tools, ground)

    mute_memory = MuteMemory(state_dir(config, ground.environ))
    beginning = beginning_of(body.mute_switch, mute_memory, health)
    assistant = Assistant(body.lights, trace, chosen_timing(config), beginning)
    dialler = build_dialler(ground, tools, has_camera=body.camera is not None)
    books = Books(health, trace, meter, camera_light)
    link = Link(dialler, chosen_profile(config), capture, assistant.post_in_turn, books)
    parts = Parts(
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
    )
    performer = Performer(parts, assistant.post, config.conversation.limit_s)
    consent.watch(assistant.show_question)
    consent.watch(performer.sound_question)
    health.watch(assistant.note_part)
    timers.connect(assistant.post)
    voice = Voice(signals, performer.ignore_own, lambda: echo.is_half_duplex)
    teller = Teller(voice, health, trace, beginning)
    health.watch(teller.note_part)
    assistant.watch(teller.note_state)
    consent.watch(teller.note_question)
    timers.watch_missed(teller.note_missed)

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
    observed = build_observers(ground)
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
        observed=observed,
        trace=trace,
        tap=ears.tap,
        examination=Examination(ears.tap, playback, dialler, gaze, lambda: assistant.state),
    )
    commands = Commands(desk)
    changeable = Changeable(
        lights=body.lights,
        assistant=assistant,
        performer=performer,
        signals=signals,
        volume=volume,
        meter=meter,
        tools=tools,
        consent=consent,
        link=link,
        commands=commands,
    )

    log_transcript(ground)
    if music is not None:
        assistant.watch(music.note)
    beside: dict[str, Beside | None] = {
        "ringing": timers,
        "notices": teller,
        "lookout": link.lookout,
        "music": music,
        "mcp": build_mcp(ground, tools),
        "mqtt": build_mqtt(ground, tools, assistant, volume, commands),
        "metrics": build_metrics(ground, standing, assistant, observed.latencies),
    }
    socket = control_socket(config, ground.environ)
    return Assembly(
        capture=capture,
        playback=playback,
        assistant=assistant,
        performer=performer,
        control=ControlServer(socket, commands.answer, watching=commands.watching),
        beginning=beginning,
        wake_engine=ears.wake.engine,
        beside={name: part.run for name, part in beside.items() if part is not None},
        appliers=build_appliers(changeable, ground, has_camera=body.camera is not None),
        prepare=dialler.prepare,
    )
