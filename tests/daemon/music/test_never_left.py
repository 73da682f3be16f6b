"""Whatever happens: at rest, music is as its listeners want it, and none starts by itself."""

from __future__ import annotations

import asyncio
from typing import TypeAlias

from hypothesis import example, given, settings
from hypothesis import strategies as st

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
    Ringing("eggs"),
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
    st.tuples(st.sampled_from(["kill", "restart", "die", "back", "hang", "wake"]), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([0.001, 0.005, 0.01, 0.03, 0.07, 0.3, 3.0])),
)
RULES = st.builds(Rules, st.sampled_from(["duck", "pause", "nothing"]), st.sampled_from([20, 0]))
BOXES = st.builds(
    Record,
    temper=st.sampled_from(["exact", "rounding", "deaf", "refusing", "none"]),
    keeps_state=st.booleans(),
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
            case "wait", float(seconds):
                await asyncio.sleep(seconds)
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


async def story(box: Record, rules: Rules, happenings: list[Happening]) -> World:
    world = World(box, rules)
    await live(world, happenings)
    world.box.is_hanging = False
    world.come_back()
    world.turn(Idle())
    await asyncio.sleep(2000)
    await world.end()
    return world


PLAYS: list[Happening] = [("hand", Play()), ("state", Listening()), ("wait", 0.3)]


@settings(max_examples=500, deadline=None)
@given(BOXES, RULES, st.lists(HAPPENINGS, max_size=25))
@example(Record(), Rules(), [*PLAYS, ("kill", None)])
@example(Record(), Rules("pause"), [*PLAYS, ("voice", Pause())])
@example(Record(), Rules(), [*PLAYS, ("voice", SetPercent(50.0)), ("restart", None)])
@example(Record(temper="deaf"), Rules(), [*PLAYS, ("hand", Stop())])
@example(Record(keeps_state=False), Rules(), [*PLAYS, ("die", None), ("wait", 3.0)])
def test_music_is_as_wanted_at_rest_and_none_starts_by_itself(
    box: Record, rules: Rules, happenings: list[Happening]
) -> None:
    world = run_virtually(story(box, rules, happenings))
    assert world.box.look.percent == world.box.wanted_percent
    assert world.box.look.status == world.box.wanted
    assert not world.started_unasked
    assert world.disk.debts == {}
    assert world.life.health.troubles == {}
