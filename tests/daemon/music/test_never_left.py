"""Whatever happens: at rest, music is as its listeners want it, and none starts by itself."""

from __future__ import annotations

import asyncio
from copy import copy
from typing import TypeAlias

from hypothesis import example, given, settings
from hypothesis import strategies as st

from myna.conversation.events import RingAsked
from myna.conversation.states import (
    Connecting,
    Idle,
    Listening,
    Muted,
    Ringing,
    Speaking,
    State,
    Thinking,
    Waking,
)
from myna.music.ducking import Rules
from myna.music.player import Deed, Pause, Play, SetPercent, Stop
from myna_hardware.units import Frames
from support.music_world import Record, World
from support.virtual_loop import run_virtually

Happening: TypeAlias = tuple[str, object]

STATES: list[State] = [
    Idle(),
    Muted(),
    Waking(Frames(1)),
    Connecting(),
    Listening(),
    Thinking(),
    Speaking(),
    Ringing((RingAsked("eggs"),)),
]
DEEDS: list[Deed] = [
    Play(),
    Pause(),
    Stop(),
    *(SetPercent(percent) for percent in (25.0, 50.0, 75.0, 100.0)),
]
"""None of these volumes is one that another is lowered to, so that all can be told apart."""

HAPPENINGS = st.one_of(
    st.tuples(st.just("state"), st.sampled_from(STATES)),
    st.tuples(st.just("hand"), st.sampled_from(DEEDS)),
    st.tuples(st.just("voice"), st.sampled_from([deed for deed in DEEDS if deed != Stop()])),
    st.tuples(st.just("kill"), st.sampled_from([0.0, 0.002, 0.006, 0.01, 0.014, 0.018, 0.06])),
    st.tuples(st.sampled_from(["restart", "die", "back", "hang", "wake"]), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([0.001, 0.005, 0.01, 0.03, 0.07, 0.3, 3.0])),
)
RULES = st.builds(Rules, st.sampled_from(["duck", "pause", "nothing"]), st.sampled_from([20, 0]))
BOXES = st.builds(
    Record,
    temper=st.sampled_from(["exact", "rounding", "deaf", "refusing", "none"]),
    keeps_state=st.booleans(),
    wanted=st.sampled_from(["playing", "playing", "paused", "stopped"]),
    wanted_percent=st.sampled_from([25.0, 50.0, 75.0, 100.0]),
)


async def live(world: World, happenings: list[Happening]) -> None:
    for what, how in happenings:
        match what, how:
            case "state", state:
                world.turn(state)  # type: ignore[arg-type]
            case "hand", deed:
                await world.by_hand(deed)  # type: ignore[arg-type]
            case "voice", deed:
                await world.by_voice(deed)  # type: ignore[arg-type]
            case "wait" | "kill", float(seconds):
                await asyncio.sleep(seconds)
                await befall(world, what)
            case _:
                await befall(world, what)


async def befall(world: World, what: str) -> None:
    match what:
        case "kill":
            world.kill()
        case "restart":
            await world.restart()
        case "die":
            world.die()
        case "back":
            world.come_back()
        case "hang" | "wake":
            world.box.is_hanging = what == "hang"


async def story(box: Record, rules: Rules, happenings: list[Happening], rest: State) -> World:
    world = World(box, rules)
    await live(world, happenings)
    world.box.is_hanging = False
    world.come_back()
    world.turn(rest)
    await asyncio.sleep(2000)
    at_rest = copy(world.box), dict(world.disk.debts), world.life.health.troubles
    await world.end()
    assert (world.box, world.disk.debts, world.life.health.troubles) == at_rest
    return world


TALKS: list[Happening] = [("state", Listening()), ("wait", 0.3)]


@settings(max_examples=500, deadline=None)
@given(BOXES, RULES, st.lists(HAPPENINGS, max_size=25), st.sampled_from([Idle(), Muted()]))
@example(Record(), Rules(), [*TALKS, ("kill", 0.0)], Idle())
@example(Record(), Rules("pause"), [*TALKS, ("voice", Pause())], Idle())
@example(Record(), Rules("pause"), [*TALKS, ("hand", Stop())], Muted())
@example(Record(), Rules("pause"), [*TALKS, ("hand", Play()), ("hand", Pause())], Idle())
@example(
    Record(wanted="paused"),
    Rules("pause"),
    [TALKS[0], ("voice", Play()), ("hand", Play()), ("hand", Pause())],
    Idle(),
)
@example(Record(), Rules(), [*TALKS, ("hand", SetPercent(50.0))], Muted())
@example(Record(), Rules(), [*TALKS, ("voice", SetPercent(50.0)), ("restart", None)], Idle())
@example(Record("rounding", wanted_percent=75.0), Rules(), TALKS, Idle())
@example(Record("rounding", wanted_percent=50.0), Rules(), [TALKS[0], ("kill", 0.014)], Idle())
@example(Record(), Rules(), [TALKS[0], ("kill", 0.01)], Idle())
@example(Record("deaf"), Rules(), [*TALKS, ("hand", Stop())], Idle())
@example(Record(keeps_state=False), Rules(), [*TALKS, ("die", None), ("wait", 3.0)], Idle())
def test_music_is_as_wanted_at_rest_and_none_starts_by_itself(
    box: Record, rules: Rules, happenings: list[Happening], rest: State
) -> None:
    world = run_virtually(story(box, rules, happenings, rest))
    assert world.box.look.percent == world.box.wanted_percent
    assert world.box.look.status == world.box.wanted
    assert not world.started_unasked
    assert world.disk.debts == {}
    assert world.life.health.troubles == {}
