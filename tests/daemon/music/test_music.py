"""What can be told from outside while a conversation goes on; time is virtual."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from myna.conversation.states import Idle, Listening, Muted, Thinking
from myna.errors import PlayerError
from myna.music.ducking import PATIENCE_S, Rules
from myna.music.player import Next, Pause, Play, SetPercent
from support.music_world import Record, Temper, World
from support.virtual_loop import run_virtually

HOUR_S = 3600.0


def play_out(
    box: Record, rules: Rules, story: Callable[[World], Awaitable[None]], *, talking: bool = True
) -> World:
    """Begin to talk, let the story happen, and end."""

    async def main() -> World:
        world = World(box, rules)
        await asyncio.sleep(0.3)
        if talking:
            world.turn(Listening())
            await asyncio.sleep(0.3)
        await story(world)
        await world.end()
        return world

    return run_virtually(main())


def stands(world: World) -> tuple[str, float | None]:
    return world.box.look.status, world.box.look.percent


@pytest.mark.parametrize(
    ("temper", "way", "meanwhile"),
    [
        ("exact", "duck", ("playing", 20.0)),
        ("exact", "pause", ("paused", 100.0)),
        ("exact", "nothing", ("playing", 100.0)),
        ("deaf", "duck", ("paused", 100.0)),
        ("refusing", "duck", ("paused", 100.0)),
        ("none", "duck", ("paused", None)),
    ],
)
def test_music_makes_room_in_the_way_that_its_player_can(
    temper: Temper, way: str, meanwhile: tuple[str, float | None]
) -> None:
    async def story(world: World) -> None:
        assert stands(world) == meanwhile
        world.turn(Thinking())
        await asyncio.sleep(5)
        assert stands(world) == meanwhile

    play_out(Record(temper), Rules(way), story)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("way", "deed", "after"),
    [
        ("duck", SetPercent(50.0), ("playing", 50.0)),
        ("duck", Pause(), ("paused", 20.0)),
        ("pause", Play(), ("playing", 100.0)),
    ],
)
def test_what_a_hand_does_in_a_conversation_is_not_undone_in_it(
    way: str, deed: SetPercent | Pause | Play, after: tuple[str, float]
) -> None:
    async def story(world: World) -> None:
        await world.by_hand(deed)
        await asyncio.sleep(5)
        assert stands(world) == after

    play_out(Record(), Rules(way), story)  # type: ignore[arg-type]


def test_music_that_is_asked_for_in_a_conversation_is_low_from_its_first_moment() -> None:
    async def story(world: World) -> None:
        look = await world.life.music.act(Play())
        assert (look.status, look.percent) == ("playing", 100.0)
        assert stands(world) == ("playing", 20.0)
        assert world.began_at == 20.0
        world.turn(Idle())
        await asyncio.sleep(0.3)
        assert stands(world) == ("playing", 100.0)

    play_out(Record(wanted="paused"), Rules(), story)


def test_louder_in_a_conversation_means_the_volume_after_it() -> None:
    async def story(world: World) -> None:
        look = await world.life.music.look()
        assert look is not None
        assert look.percent == 100.0, "not the 20 of this moment"
        await world.life.music.act(SetPercent(50.0))
        assert stands(world) == ("playing", 20.0)
        world.turn(Muted())
        await asyncio.sleep(0.3)
        assert stands(world) == ("playing", 50.0)

    play_out(Record(), Rules(), story)


def test_player_that_stays_away_is_asked_ever_more_seldom_and_at_each_conversation() -> None:
    async def story(world: World) -> None:
        world.die()
        world.turn(Idle())
        await asyncio.sleep(HOUR_S)
        before = world.life.looks
        assert before < 100
        world.turn(Listening())
        await asyncio.sleep(0.01)
        assert world.life.looks == before + 1

    play_out(Record(), Rules(), story)


def test_player_that_is_well_is_left_in_peace() -> None:
    async def story(world: World) -> None:
        before = world.life.looks
        await asyncio.sleep(HOUR_S)
        assert world.life.looks == before

    play_out(Record(), Rules(), story, talking=False)


def test_music_that_was_paused_by_us_long_ago_is_not_started_in_the_night() -> None:
    async def story(world: World) -> None:
        world.die()
        world.turn(Idle())
        await asyncio.sleep(PATIENCE_S + 1)
        world.come_back()
        await asyncio.sleep(HOUR_S)
        assert stands(world) == ("paused", 100.0)
        assert world.disk.debts == {}

    play_out(Record(), Rules("pause"), story)


def test_player_that_has_gone_for_good_is_forgotten() -> None:
    async def story(world: World) -> None:
        world.die()
        world.turn(Idle())
        await asyncio.sleep(PATIENCE_S / 2)
        assert world.disk.debts != {}
        await asyncio.sleep(PATIENCE_S)
        assert world.disk.debts == {}

    play_out(Record(keeps_state=False), Rules(), story)


def test_volume_is_put_right_however_long_ago_it_was_lowered() -> None:
    async def story(world: World) -> None:
        world.die()
        world.turn(Idle())
        await asyncio.sleep(PATIENCE_S + 1)
        world.come_back()
        await asyncio.sleep(HOUR_S)
        assert stands(world) == ("playing", 100.0)

    play_out(Record(), Rules(), story)


def test_wishes_are_answered_within_a_second_when_the_player_hangs() -> None:
    async def story(world: World) -> None:
        world.box.is_hanging = True
        clock = asyncio.get_running_loop().time
        began_s = clock()
        wishes = [world.life.music.act(Next()) for _ in range(5)]
        answers = await asyncio.gather(*wishes, return_exceptions=True)
        assert clock() - began_s <= 1.0
        assert {str(answer) for answer in answers} == {"the box does not answer"}
        assert all(isinstance(answer, PlayerError) and answer.is_away for answer in answers)

    play_out(Record(), Rules(), story)


def test_wish_without_a_player_or_beyond_its_powers_is_refused() -> None:
    async def story(world: World) -> None:
        with pytest.raises(PlayerError, match="box cannot do that now"):
            await world.life.music.act(SetPercent(5.0))
        world.die()
        assert await world.life.music.look() is None
        with pytest.raises(PlayerError, match="no music player is running"):
            await world.life.music.act(Play())

    play_out(Record("none", keeps_state=False), Rules(), story)
