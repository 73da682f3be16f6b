"""The families of one or two tools: volume, clock, conversation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from myna.tools.clock import clock_tools, spoken_time
from myna.tools.conversation import conversation_tools
from myna.tools.registry import Registry
from myna.tools.volume import volume_tools


class Knob:
    def __init__(self) -> None:
        self.percent = 70

    def set_percent(self, percent: int) -> None:
        self.percent = percent


async def test_set_volume_sets_and_reads_back() -> None:
    knob = Knob()
    answer = await Registry(volume_tools(knob)).call("set_volume", {"percent": 40.0})
    assert answer.response == {"output": {"percent": 40}}
    assert knob.percent == 40


async def test_set_volume_refuses_more_than_there_is() -> None:
    knob = Knob()
    answer = await Registry(volume_tools(knob)).call("set_volume", {"percent": 101})
    assert "percent: 101 is above 100" in answer.response["error"]
    assert knob.percent == 70


async def test_get_volume_tells_how_loud_it_is() -> None:
    answer = await Registry(volume_tools(Knob())).call("get_volume", {})
    assert answer.response == {"output": {"percent": 70}}


async def test_get_time_tells_the_local_time_in_words() -> None:
    moment = datetime(2026, 11, 2, 9, 5, tzinfo=ZoneInfo("Europe/Berlin"))
    answer = await Registry(clock_tools(lambda: moment, lambda: True)).call("get_time", {})
    assert answer.response == {
        "output": {
            "time": "09:05",
            "weekday": "Monday",
            "date": "2 November 2026",
            "zone": "CET (UTC+01:00)",
        }
    }


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (UTC, "UTC (UTC+00:00)"),
        (timezone(timedelta(hours=-3, minutes=-30), "NST"), "NST (UTC-03:30)"),
    ],
)
def test_spoken_time_names_the_zone(zone: timezone, text: str) -> None:
    assert spoken_time(datetime(2026, 1, 1, tzinfo=zone))["zone"] == text


async def test_end_conversation_ends_it() -> None:
    answer = await Registry(conversation_tools()).call("end_conversation", {})
    assert answer.is_ok
    assert answer.ends_conversation


async def test_end_conversation_ends_it_each_time() -> None:
    registry = Registry(conversation_tools())
    for _ in range(2):
        answer = await registry.call("end_conversation", {})
        assert (answer.ends_conversation, answer.is_repeat) == (True, False)


async def test_set_volume_is_answered_from_memory_until_somebody_turns_the_knob() -> None:
    knob = Knob()
    registry = Registry(volume_tools(knob))
    assert not (await registry.call("set_volume", {"percent": 40})).is_repeat
    assert (await registry.call("set_volume", {"percent": 40.0})).is_repeat
    knob.percent = 70
    assert not (await registry.call("set_volume", {"percent": 40})).is_repeat
    assert knob.percent == 40


async def test_get_time_tells_the_time_of_each_call() -> None:
    minutes = iter((5, 6))
    registry = Registry(
        clock_tools(lambda: datetime(2026, 11, 2, 9, next(minutes), tzinfo=UTC), lambda: True)
    )
    told = [(await registry.call("get_time", {})).response["output"]["time"] for _ in range(2)]
    assert told == ["09:05", "09:06"]


async def test_get_time_says_when_the_clock_may_be_wrong() -> None:
    registry = Registry(clock_tools(lambda: datetime(2026, 11, 2, tzinfo=UTC), lambda: False))
    told = (await registry.call("get_time", {})).response["output"]
    assert "not synchronised" in told["clock"]
