"""Whole days of timers, on clocks that jump, stop and go wrong."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from myna.conversation.events import RingAsked, RingOver, SayAsked
from myna.timers.plan import Appointment, Kind, Moment, countdown
from myna.timers.rings import Record
from support.timers import BERLIN, NOON, Stage, World, at, play

NEW_YORK_S = 6 * 3600


def rang(stage: Stage) -> list[tuple[str, int]]:
    return [(line["name"], line["late_ms"]) for line in stage.lines("timer_rang")]


async def set_timer(stage: Stage, name: str, duration_s: float, text: str = "") -> None:
    kind: Kind = "reminder" if text else "timer"
    entry, is_kept = await stage.keeper.add(
        kind, name, countdown(duration_s, stage.world.now()), text
    )
    assert is_kept
    assert entry.name == name


async def set_alarm(stage: Stage, local: datetime, *weekdays: int) -> None:
    await stage.keeper.add("alarm", "up", Appointment(local, weekdays))


# --- ringing ----------------------------------------------------------------------------


def test_timers_ring_at_their_times(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "pasta", 600)
        await set_timer(stage, "eggs", 300.5)
        await asyncio.sleep(700)

    stage = play(tmp_path, story)
    assert stage.lines("timer_set") == [
        {"event": "timer_set", "name": "pasta", "due_s": 600},
        {"event": "timer_set", "name": "eggs", "due_s": 300.5},
    ]
    assert rang(stage) == [("eggs", 0), ("pasta", 0)]
    assert stage.times("timer_rang") == [300.5, 600]
    assert stage.asked == ["eggs", "pasta"]


def test_nothing_runs_while_nothing_is_set(tmp_path: Path) -> None:
    looks: list[float] = []

    class Counting(World):
        def now(self) -> Moment:
            looks.append(self.moment.boot_s)
            return super().now()

    async def story(_stage: Stage) -> None:
        await asyncio.sleep(10)
        looks.clear()
        await asyncio.sleep(3600)

    play(tmp_path, story, Counting())
    assert len(looks) <= 2, "only the end of the story looks at the clock"


def test_ring_is_on_the_disk_before_it_sounds(tmp_path: Path) -> None:
    kept: list[Record] = []

    async def story(stage: Stage) -> None:
        def note(event: object) -> None:
            if isinstance(event, RingAsked):
                other = type(stage.store)(tmp_path, stage.world)
                kept.append(other.load())
                other.close()

        stage.keeper.connect(note)
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(61)

    play(tmp_path, story)
    (record,) = kept
    assert record.entries == ()
    assert [(ring.name, ring.outcome) for ring in record.rings] == [("pasta", "ringing")]


def test_ring_that_nobody_stops_gives_up(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(60 + 599)
        assert stage.posted == [RingAsked("pasta", 2)]
        await asyncio.sleep(2)
        assert stage.posted[1:] == [RingOver(2)]
        assert [ring.outcome for ring in stage.keeper.book.untold()] == ["unanswered"]

    stage = play(tmp_path, story)
    assert stage.times("timer_unanswered") == [660]


def test_second_ring_has_its_own_limit(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await set_timer(stage, "eggs", 360)
        await asyncio.sleep(1000)

    assert play(tmp_path, story).times("timer_unanswered") == [660, 960]


def test_ring_that_was_stopped_never_rings_again(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(61)
        stage.stop()
        await asyncio.sleep(0.1)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(3600)

    world = World()
    assert len(play(tmp_path, first, world).lines("timer_stopped")) == 1
    assert play(tmp_path, second, world).posted == []


def test_snoozed_ring_comes_again(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60, "Take it off the stove.")
        await asyncio.sleep(61)
        stage.stop(is_snoozed=True)
        await asyncio.sleep(539.5)
        assert stage.asked == ["pasta"]
        await asyncio.sleep(2)

    stage = play(tmp_path, story)
    assert stage.asked == ["pasta", "pasta"]
    assert stage.times("timer_rang") == [60, 61 + 540]
    assert not any(isinstance(event, SayAsked) for event in stage.posted), "it was not stopped"


def test_snooze_is_about_what_rang_last_for_ten_minutes(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        assert await stage.keeper.snooze() == ()
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(61)
        stage.stop()
        await asyncio.sleep(590)
        (entry,) = await stage.keeper.snooze(120)
        assert entry.name == "pasta"
        await asyncio.sleep(121)
        assert stage.asked == ["pasta", "pasta"]
        stage.keeper.note_stopped((stage.posted[-1].ring,), is_snoozed=False)  # type: ignore[union-attr]
        await asyncio.sleep(601)
        assert await stage.keeper.snooze() == ()

    play(tmp_path, story)


def test_what_nobody_answered_can_still_be_snoozed(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(700)
        assert len(await stage.keeper.snooze()) == 1

    play(tmp_path, story)


def test_snooze_by_command_stops_what_rings(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(61)
        await stage.keeper.snooze(300)
        ring = stage.posted[0]
        assert isinstance(ring, RingAsked)
        assert stage.posted[1:] == [RingOver(ring.ring)]

    play(tmp_path, story)


def test_reminder_is_spoken_once_its_ring_is_stopped(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "bins", 60, "Take the bins out.")
        await asyncio.sleep(61)
        assert stage.posted == [RingAsked("bins", 2)]
        stage.stop()
        await asyncio.sleep(1)
        assert stage.posted[1:] == [SayAsked("Take the bins out.")]

    play(tmp_path, story)


def test_timer_whose_setting_is_cancelled_is_not_set(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        setting = asyncio.create_task(set_timer(stage, "pasta", 60))
        await asyncio.sleep(0)
        setting.cancel()
        await asyncio.wait([setting])
        await asyncio.sleep(120)

    stage = play(tmp_path, story)
    assert stage.posted == []
    with closing(stage.store) as store:
        assert store.load() == Record()


# --- restarts ---------------------------------------------------------------------------


def test_ring_goes_on_after_a_restart_and_rings_once(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(65)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(1)
        assert stage.asked == ["pasta"]
        stage.stop()

    world = World()
    assert rang(play(tmp_path, first, world)) == [("pasta", 0)]
    stage = play(tmp_path, second, world)
    assert rang(stage) == []
    assert len(stage.lines("timer_resumed")) == 1


def test_ring_that_was_left_longer_than_its_limit_is_over(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(65)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(1)

    world = World()
    play(tmp_path, first, world)
    world.advance(3000)
    stage = play(tmp_path, second, world)
    assert stage.asked == []
    assert len(stage.lines("timer_unanswered")) == 1


@pytest.mark.parametrize(("off_s", "does_ring"), [(3600, True), (3700, False)])
def test_timer_due_while_off_rings_unless_it_is_too_late(
    tmp_path: Path, off_s: float, does_ring: bool
) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(1)

    world = World()
    play(tmp_path, first, world)
    world.advance(off_s)
    stage = play(tmp_path, second, world)
    assert stage.asked == (["pasta"] if does_ring else [])
    assert len(stage.lines("timer_missed")) == (not does_ring)
    assert len(stage.keeper.book.untold()) == (not does_ring)
    if does_ring:
        assert rang(stage) == [("pasta", (off_s - 60) * 1000)]


@pytest.mark.parametrize(("boot_s", "off_s"), [(20.0, 60), (5000.0, 60), (20.0, 3000)])
def test_ring_goes_on_after_a_reboot_for_as_long_as_any(
    tmp_path: Path, boot_s: float, off_s: float
) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(400)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(700)

    world = World(replace(NOON, boot_s=10.0))
    play(tmp_path, first, world)
    world.advance(off_s)
    world.set(boot_id="boot 2", boot_s=boot_s)
    stage = play(tmp_path, second, world)
    assert stage.asked == ["pasta"]
    assert stage.times("timer_unanswered") == [600]


def test_ring_that_a_power_cut_ended_long_ago_was_missed(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(65)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(1)

    world = World()
    play(tmp_path, first, world)
    world.advance(3700)
    world.set(boot_id="boot 2", boot_s=20.0)
    stage = play(tmp_path, second, world)
    assert stage.asked == []
    assert len(stage.lines("timer_missed")) == 1


def test_ring_goes_on_in_the_same_boot_whatever_the_clock_says(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(65)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(1)
        assert stage.asked == ["pasta"]

    world = World()
    play(tmp_path, first, world)
    world.set_wall(datetime(2026, 11, 27, 12))
    play(tmp_path, second, world)


def test_daily_alarm_that_was_off_for_a_week_was_missed_once(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 13), *range(7))

    async def second(stage: Stage) -> None:
        await asyncio.sleep(5)
        (entry,) = stage.keeper.book.entries
        assert entry.when == Appointment(datetime(2026, 12, 3, 13), tuple(range(7)))

    world = World()
    play(tmp_path, first, world)
    world.advance(7 * 24 * 3600)
    assert len(play(tmp_path, second, world).lines("timer_missed")) == 1


def test_watcher_hears_of_what_was_missed(tmp_path: Path) -> None:
    told: list[bool] = []

    async def first(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 13))

    async def second(stage: Stage) -> None:
        stage.keeper.watch_missed(lambda: told.append(True))
        await asyncio.sleep(120)

    world = World()
    play(tmp_path, first, world)
    world.advance(5 * 3600)
    play(tmp_path, second, world)
    assert told == [True]


def test_missed_is_told_once(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 13))

    async def second(stage: Stage) -> None:
        await asyncio.sleep(1)
        assert [ring.name for ring in stage.keeper.take_untold()] == ["up"]
        assert stage.keeper.take_untold() == ()
        assert [past["outcome"] for past in stage.keeper.listing()["past"]] == ["missed"]

    async def third(stage: Stage) -> None:
        assert stage.keeper.take_untold() == ()

    world = World()
    play(tmp_path, first, world)
    world.advance(5 * 3600)
    play(tmp_path, second, world)
    play(tmp_path, third, world)


def test_timer_goes_on_by_the_wall_clock_after_a_reboot(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 600)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(600)

    world = World()
    play(tmp_path, first, world)
    world.advance(100)
    world.set(boot_id="boot 2", boot_s=20.0)
    assert play(tmp_path, second, world).times("timer_rang") == [500]


def test_timer_taken_over_from_another_boot_is_moved_by_nobody(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 600)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(2)
        stage.world.set_wall(datetime(2026, 11, 26, 20))
        await asyncio.sleep(600)

    world = World()
    play(tmp_path, first, world)
    world.set(boot_id="boot 2", boot_s=20.0)
    assert play(tmp_path, second, world).times("timer_rang") == [600]


# --- clocks that jump -------------------------------------------------------------------


@pytest.mark.parametrize("hour", [2, 23])
def test_timer_is_not_moved_when_somebody_sets_the_clock(tmp_path: Path, hour: int) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "pasta", 600)
        await asyncio.sleep(100)
        stage.world.set_wall(datetime(2026, 11, 26, hour))
        await asyncio.sleep(600)

    stage = play(tmp_path, story)
    assert stage.times("timer_rang") == [600]
    assert rang(stage) == [("pasta", 0)]


def test_reboot_after_the_clock_was_set_does_not_move_a_timer(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 600)
        stage.world.set_wall(datetime(2026, 11, 26, 20))
        await asyncio.sleep(100)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(600)

    world = World()
    play(tmp_path, first, world)
    world.set(boot_id="boot 2", boot_s=20.0)
    assert play(tmp_path, second, world).times("timer_rang") == [500]


def test_alarm_follows_the_clock_when_it_is_set_forward(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 18))
        await asyncio.sleep(100)
        stage.world.set_wall(datetime(2026, 11, 26, 17, 59))
        await asyncio.sleep(61.5)

    stage = play(tmp_path, story)
    assert stage.times("timer_rang") == [160]
    assert rang(stage) == [("up", 0)]


def test_alarm_that_is_jumped_over_rings_within_a_second(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 18))
        await asyncio.sleep(100)
        stage.world.set_wall(datetime(2026, 11, 26, 18, 10))
        await asyncio.sleep(1)

    stage = play(tmp_path, story)
    assert stage.asked == ["up"]
    assert stage.times("timer_rang")[0] <= 101


def test_alarm_that_rang_does_not_ring_again_when_the_clock_goes_back(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 12, 1), *range(7))
        await asyncio.sleep(61)
        stage.stop()
        stage.world.set_wall(datetime(2026, 11, 26, 11))
        await asyncio.sleep(7200)
        assert stage.asked == ["up"]
        stage.world.set_wall(datetime(2026, 11, 27, 12))
        await asyncio.sleep(61)
        assert stage.asked == ["up", "up"]

    play(tmp_path, story)


def test_alarm_waits_longer_when_the_clock_is_set_back(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 13))
        await asyncio.sleep(1800)
        stage.world.set_wall(datetime(2026, 11, 26, 12))
        await asyncio.sleep(3601)

    assert play(tmp_path, story).times("timer_rang") == [1800 + 3600]


def test_alarm_follows_a_zone_that_is_changed(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 13))
        stage.world.set(zone=ZoneInfo("America/New_York"))
        await asyncio.sleep(3600 + NEW_YORK_S + 1)

    assert play(tmp_path, story).times("timer_rang") == [3600 + NEW_YORK_S]


@pytest.mark.parametrize(
    ("before", "rings_after_s"),
    [(datetime(2026, 3, 29, 1, 59), [60]), (datetime(2026, 10, 25, 2, 29), [60])],
    ids=["no such hour", "the hour comes twice"],
)
def test_daily_alarm_rings_once_in_the_night_in_which_clocks_change(
    tmp_path: Path, before: datetime, rings_after_s: list[float]
) -> None:
    async def story(stage: Stage) -> None:
        await set_alarm(stage, before.replace(hour=2, minute=30), *range(7))
        await asyncio.sleep(7500)

    stage = play(tmp_path, story, World(at(before)))
    assert stage.times("timer_rang") == rings_after_s
    (entry,) = stage.keeper.book.entries
    assert isinstance(entry.when, Appointment)
    assert entry.when.local == before.replace(day=before.day + 1, hour=2, minute=30)


# --- clocks that cannot be trusted ------------------------------------------------------


def test_wrong_clock_decides_nothing_until_a_time_server_was_heard(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 12, 1))

    async def second(stage: Stage) -> None:
        await asyncio.sleep(100)
        assert stage.posted == []
        stage.world.set_wall(datetime(2026, 11, 26, 18))
        stage.world.set(is_sure=True)
        await asyncio.sleep(2)

    world = World()
    play(tmp_path, first, world)
    world.set(boot_id="boot 2", boot_s=10.0, is_sure=False)
    stage = play(tmp_path, second, world)
    assert stage.posted == []
    assert len(stage.lines("timer_missed")) == 1
    assert stage.health.troubles == {}


def test_daily_alarm_that_was_due_before_the_clock_was_right_was_missed(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 12, 1), *range(7))

    async def second(stage: Stage) -> None:
        await asyncio.sleep(100)
        stage.world.set_wall(datetime(2026, 11, 26, 18))
        stage.world.set(is_sure=True)
        await asyncio.sleep(2)

    world = World()
    play(tmp_path, first, world)
    world.set(boot_id="boot 2", boot_s=10.0, is_sure=False)
    stage = play(tmp_path, second, world)
    assert len(stage.lines("timer_missed")) == 1
    (entry,) = stage.keeper.book.entries
    assert entry.when == Appointment(datetime(2026, 11, 27, 12, 1), tuple(range(7)))


def test_timer_of_another_boot_follows_the_clock_until_that_is_right(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 600)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(10)
        stage.world.set_wall(datetime(2026, 11, 26, 12, 5, 10))
        stage.world.set(is_sure=True)
        await asyncio.sleep(600)

    world = World()
    play(tmp_path, first, world)
    # The power was off for five minutes, and the clock does not know.
    world.set(boot_id="boot 2", boot_s=200.0, is_sure=False)
    assert play(tmp_path, second, world).times("timer_rang") == [300]


def test_clock_that_nobody_sets_counts_after_a_while_and_is_told(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 26, 12, 1))
        await set_alarm(stage, datetime(2026, 11, 26, 23))

    async def second(stage: Stage) -> None:
        await asyncio.sleep(200)
        assert "timers.trust_clock" in stage.health.troubles["clock"]
        told = stage.keeper.listing()["ringing"][0]
        assert "not synchronised" in told["clock"]
        stage.world.set(is_sure=True)
        await asyncio.sleep(2)

    world = World()
    play(tmp_path, first, world)
    world.set(boot_id="boot 2", boot_s=10.0, is_sure=False)
    stage = play(tmp_path, second, world)
    assert stage.times("timer_rang") == [170]
    assert stage.health.troubles == {}


def test_clock_is_no_trouble_while_nothing_depends_on_it(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "pasta", 600)
        await asyncio.sleep(400)

    assert play(tmp_path, story, World(replace(NOON, is_sure=False))).health.troubles == {}


def test_ring_of_another_boot_waits_for_the_clock(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(61)

    async def second(stage: Stage) -> None:
        await asyncio.sleep(30)
        assert stage.posted == []
        stage.world.set(is_sure=True)
        await asyncio.sleep(2)
        assert stage.asked == ["pasta"]

    world = World()
    play(tmp_path, first, world)
    world.set(boot_id="boot 2", boot_s=10.0, is_sure=False)
    play(tmp_path, second, world)


def test_alarm_that_a_wrong_clock_skipped_still_comes(tmp_path: Path) -> None:
    """It rang by a clock that was a day ahead; by the right one it is due today."""

    async def story(stage: Stage) -> None:
        await set_alarm(stage, datetime(2026, 11, 27, 13), *range(7))
        await asyncio.sleep(3700)
        assert stage.asked == ["up"]
        stage.stop()
        stage.world.set_wall(datetime(2026, 11, 26, 12))
        stage.world.set(is_sure=True)
        await asyncio.sleep(3700)
        assert stage.asked == ["up", "up"]

    play(tmp_path, story, World(at(datetime(2026, 11, 27, 12), BERLIN, is_sure=False)))


# --- disks that fail --------------------------------------------------------------------


def test_disk_that_hangs_silences_no_ring(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        stage.world.hung.set()
        await asyncio.sleep(61)
        stage.store.released.set()
        stage.world.hung.clear()

    stage = play(tmp_path, story)
    assert [name for name, _ in rang(stage)] == ["pasta"]
    assert rang(stage)[0][1] <= 1000


def test_ring_that_is_snoozed_before_it_sounds_does_not_sound(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await set_timer(stage, "pasta", 60)
        stage.world.hung.set()
        await asyncio.sleep(60.2)
        snoozing = asyncio.create_task(stage.keeper.snooze())
        await asyncio.sleep(1)
        assert stage.asked == []
        stage.store.released.set()
        stage.world.hung.clear()
        await snoozing

    play(tmp_path, story)


def test_disk_that_hangs_is_told_to_whoever_sets_a_timer(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        stage.world.hung.set()
        _, is_kept = await stage.keeper.add("timer", "pasta", countdown(60, stage.world.now()))
        assert not is_kept
        assert stage.times("timer_set") == [5]
        stage.store.released.set()
        stage.world.hung.clear()

    play(tmp_path, story)


def test_timers_go_on_without_a_disk_and_are_kept_once_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.write_text("a file where the folder should be")

    async def story(stage: Stage) -> None:
        for name in ("pasta", "eggs"):
            entry = await stage.keeper.add("timer", name, countdown(600, stage.world.now()))
            assert not entry[1]
        assert "set is lost at the next start" in stage.health.troubles["timers"]
        folder.unlink()
        await asyncio.sleep(70)
        assert stage.health.troubles == {}
        assert len(stage.store.load().entries) == 2
        await asyncio.sleep(600)

    stage = play(folder, story)
    assert len(rang(stage)) == 2
    assert len(stage.lines("degraded")) == 1, "it is told once"


def test_database_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "timers.db").mkdir()

    async def story(stage: Stage) -> None:
        assert "timers.db" in stage.health.troubles["timers"]
        await set_timer(stage, "pasta", 60)
        await asyncio.sleep(61)
        assert stage.asked == ["pasta"]
        assert "timers.db.broken" in stage.health.troubles["lost timers"]

    play(tmp_path, story)


def test_damaged_database_is_told_and_replaced(tmp_path: Path) -> None:
    (tmp_path / "timers.db").write_bytes(b"no database at all, but long enough for one" * 200)

    async def story(stage: Stage) -> None:
        assert "timers.db.broken" in stage.health.troubles["lost timers"]
        await set_timer(stage, "pasta", 60)

    play(tmp_path, story)
    assert (tmp_path / "timers.db.broken").exists()
