"""The tools for timers, over a real keeper and a real database, on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from myna.tools.registry import Registry
from myna.tools.timers import timer_tools
from support.timers import NOON, Stage, World, play

Ask: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]
Story: TypeAlias = Callable[[Ask, Stage], Awaitable[None]]


def tell(folder: Path, story: Story, world: World | None = None) -> Stage:
    """Play a story in which tools are called."""

    async def with_tools(stage: Stage) -> None:
        tools = Registry(timer_tools(stage.keeper), clock=asyncio.get_running_loop().time)

        async def ask(name: str, /, **arguments: object) -> dict[str, Any]:
            return (await tools.call(name, arguments)).response

        await story(ask, stage)

    return play(folder, with_tools, world)


def test_set_timer_tells_what_is_set(tmp_path: Path) -> None:
    async def story(ask: Ask, _stage: Stage) -> None:
        assert (await ask("set_timer", duration_s=600.0, name=" pasta  sauce "))["output"] == {
            "kind": "timer",
            "name": "pasta sauce",
            "due_in_s": 600,
            "due_in": "10 minutes",
            "due": "today at 12:10",
        }
        told = await ask("set_timer", duration_s=90)
        assert told["output"]["name"] == "timer of 1 minute 30 seconds"

    tell(tmp_path, story)


def test_set_alarm_tells_when_it_rings_and_on_which_days(tmp_path: Path) -> None:
    async def story(ask: Ask, _stage: Stage) -> None:
        told = (await ask("set_alarm", time="07:30"))["output"]
        assert (told["name"], told["due"]) == ("alarm at 07:30", "tomorrow at 07:30")
        told = await ask("set_alarm", time="7:30 am", days=["mon", "friday"], name="work")
        assert told["output"]["repeats"] == "every Monday and Friday"
        told = await ask("set_alarm", time="2026-12-24T18:00", days="daily")
        assert told["output"]["due"] == "Thursday 24 December at 18:00"

    tell(tmp_path, story)


def test_set_reminder_takes_a_time_or_a_duration(tmp_path: Path) -> None:
    async def story(ask: Ask, _stage: Stage) -> None:
        told = (await ask("set_reminder", text="Take the bins out.", time="18:00"))["output"]
        assert (told["text"], told["due"]) == ("Take the bins out.", "today at 18:00")
        long = "Call the plumber about the kitchen sink, and ask him about the boiler, too."
        told = (await ask("set_reminder", text=long, in_s=60))["output"]
        assert told["name"] == "Call the plumber about the kitchen…"
        for wrong in ({}, {"in_s": 5, "time": "18:00"}, {"in_s": 5, "days": ["monday"]}):
            told = await ask("set_reminder", text="Hello.", **wrong)
            assert "exactly one of time and in_s" in told["error"]

    tell(tmp_path, story)


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("set_timer", {"duration_s": 0}, "is below 1"),
        ("set_timer", {"duration_s": 86_401}, "is above 86400"),
        ("set_timer", {"duration_s": "soon"}, "duration_s"),
        ("set_timer", {"duration_s": 5, "name": "x" * 61}, "name"),
        ("set_alarm", {"time": "25:00"}, "is no time"),
        ("set_alarm", {"time": "07:30", "days": ["tomorrow"]}, "is no day"),
        ("set_alarm", {"time": "2026-01-01T07:30"}, "is over"),
        ("set_reminder", {"text": "", "in_s": 5}, "text"),
        ("snooze", {"minutes": 0}, "is below 0.5"),
        ("snooze", {}, "Nothing rings"),
        ("cancel_timer", {}, "Nothing is set"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_set(
    tmp_path: Path, name: str, arguments: dict[str, object], why: str
) -> None:
    async def story(ask: Ask, stage: Stage) -> None:
        assert why in (await ask(name, **arguments))["error"]
        assert stage.keeper.book.entries == ()

    tell(tmp_path, story)


def test_repeated_call_sets_one_timer_until_that_has_rung(tmp_path: Path) -> None:
    async def story(ask: Ask, stage: Stage) -> None:
        for _ in range(3):
            await ask("set_timer", duration_s=10, name="pasta")
            await ask("list_timers")
        assert stage.keeper.count() == 1
        await asyncio.sleep(11)
        assert stage.asked == ["pasta"]
        await ask("set_timer", duration_s=10, name="pasta")
        assert stage.keeper.count() == 0, "it rings"
        stage.stop()
        await ask("set_timer", duration_s=10, name="pasta")
        assert stage.keeper.count() == 1, "somebody wants another one"

    tell(tmp_path, story)


def test_second_of_a_name_is_told_apart(tmp_path: Path) -> None:
    async def story(ask: Ask, _stage: Stage) -> None:
        await ask("set_timer", duration_s=600, name="pasta")
        assert (await ask("set_timer", duration_s=900, name="Pasta"))["output"]["name"] == "Pasta 2"

    tell(tmp_path, story)


def test_more_than_the_most_are_refused(tmp_path: Path) -> None:
    async def story(ask: Ask, stage: Stage) -> None:
        for number in range(64):
            await ask("set_timer", duration_s=3600 + number)
            await asyncio.sleep(2.1)  # the tool's own limit is 30 a minute
        assert "64 are set already" in (await ask("set_timer", duration_s=60))["error"]
        assert stage.keeper.count() == 64

    tell(tmp_path, story)


def test_only_one_needs_no_name_to_be_cancelled(tmp_path: Path) -> None:
    async def story(ask: Ask, stage: Stage) -> None:
        await ask("set_timer", duration_s=600, name="pasta")
        told = (await ask("cancel_timer"))["output"]["cancelled"]
        assert [each["name"] for each in told] == ["pasta"]
        await asyncio.sleep(700)
        assert stage.posted == []

    assert tell(tmp_path, story).lines("timer_cancelled") == [
        {"event": "timer_cancelled", "name": "pasta"}
    ]


def test_cancel_asks_back_which_one(tmp_path: Path) -> None:
    async def story(ask: Ask, stage: Stage) -> None:
        await ask("set_timer", duration_s=600, name="pasta")
        await ask("set_timer", duration_s=900, name="pasta sauce")
        problem = (await ask("cancel_timer", name="timer"))["error"]
        assert "Several fit" in problem
        assert "pasta (timer, in 10 minutes, today at 12:10)" in problem
        problem = (await ask("cancel_timer", name="eggs"))["error"]
        assert "None is called 'eggs'" in problem
        assert "pasta sauce" in problem
        assert (await ask("cancel_timer"))["error"] == problem.replace(
            "None is called 'eggs'", "Several fit"
        )
        assert "output" in await ask("cancel_timer", name="sauce timer")
        assert [entry.name for entry in stage.keeper.book.entries] == ["pasta"]

    tell(tmp_path, story)


def test_all_of_them_are_cancelled_at_once(tmp_path: Path) -> None:
    async def story(ask: Ask, stage: Stage) -> None:
        await ask("set_timer", duration_s=600)
        await ask("set_alarm", time="07:30")
        assert len((await ask("cancel_timer", name="ALL"))["output"]["cancelled"]) == 2
        assert stage.keeper.count() == 0

    tell(tmp_path, story)


def test_list_tells_the_next_one_first(tmp_path: Path) -> None:
    async def story(ask: Ask, _stage: Stage) -> None:
        await ask("set_alarm", time="13:00", name="lunch")
        await ask("set_timer", duration_s=600, name="pasta")
        told = (await ask("list_timers"))["output"]
        assert [each["name"] for each in told["set"]] == ["pasta", "lunch"]
        assert told.keys() == {"set"}

    tell(tmp_path, story)


def test_snooze_by_voice_is_about_what_rang(tmp_path: Path) -> None:
    async def story(ask: Ask, stage: Stage) -> None:
        await ask("set_timer", duration_s=10, name="pasta")
        await asyncio.sleep(11)
        stage.stop()
        told = (await ask("snooze", minutes=10))["output"]["snoozed"]
        assert [(each["name"], each["due_in"]) for each in told] == [("pasta", "10 minutes")]

    tell(tmp_path, story)


def test_clock_that_may_be_wrong_is_told_with_alarms_and_not_with_timers(tmp_path: Path) -> None:
    async def story(ask: Ask, _stage: Stage) -> None:
        assert "clock" not in (await ask("set_timer", duration_s=600))["output"]
        for told in (
            await ask("set_alarm", time="07:30"),
            await ask("set_reminder", text="Hello.", time="07:30"),
            await ask("list_timers"),
        ):
            assert "not synchronised" in told["output"]["clock"]

    tell(tmp_path, story, World(replace(NOON, is_sure=False)))


def test_what_was_missed_is_told_with_the_next_answer_and_once(tmp_path: Path) -> None:
    async def first(ask: Ask, _stage: Stage) -> None:
        await ask("set_reminder", text="Take the bins out.", time="13:00")

    async def second(ask: Ask, _stage: Stage) -> None:
        await asyncio.sleep(1)
        told = (await ask("set_timer", duration_s=600))["output"]
        assert told["missed, tell the user"][0]["text"] == "Take the bins out."
        told = (await ask("set_timer", duration_s=700))["output"]
        assert "missed, tell the user" not in told
        past = (await ask("list_timers"))["output"]["past"]
        assert [each["outcome"] for each in past] == ["missed"]

    world = World()
    tell(tmp_path, first, world)
    world.advance(6 * 3600)
    tell(tmp_path, second, world)


def test_timer_that_cannot_be_saved_is_set_and_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async def story(ask: Ask, stage: Stage) -> None:
        told = (await ask("set_timer", duration_s=60, name="pasta"))["output"]
        assert "a restart forgets it" in told["note"]
        await asyncio.sleep(61)
        assert stage.asked == ["pasta"]
        await ask("set_timer", duration_s=60, name="eggs")
        assert "could not be saved" in (await ask("cancel_timer"))["output"]["note"]

    tell(tmp_path / "file" / "state", story)
