"""Counting, from the server's frames to the words of `myna status`; days pass at will."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from myna.control.messages import Request
from myna.control.server import ControlServer
from myna.health import Health
from myna.live.events import TokensUsed, TurnComplete
from myna.live.reading import events_in
from myna.live.server_messages import parse
from myna.trace import Trace
from myna.usage.budget import Budget
from myna.usage.meter import SAVE_PERIOD_S, Meter
from myna.usage.store import Store
from myna_hardware.units import CAPTURE_RATE_HZ, PLAYBACK_RATE_HZ, SAMPLE_BYTES, Frames
from support.cli import Home

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
# The end of the only turn of pydantic-ai's recorded cassette test_google_ws/test_tool_call_round.
TURN_COMPLETE = json.dumps(
    {
        "serverContent": {"turnComplete": True},
        "usageMetadata": {
            "promptTokenCount": 1236,
            "responseTokenCount": 77,
            "totalTokenCount": 1313,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1236}],
            "responseTokensDetails": [
                {"modality": "TEXT", "tokenCount": 13},
                {"modality": "AUDIO", "tokenCount": 64},
            ],
        },
    }
)
STATUS: Mapping[str, Any] = {
    "version": "1",
    "uptime_s": 5,
    "state": "idle",
    "is_muted": False,
    "volume": 70,
    "wake": {"engine": "micro", "words": ["okay_nabu"]},
    "live": {"model": "m", "endpoint": "wss://example"},
    "outputs": {},
    "troubles": {},
}


class World:
    """The calendar, the clock, and the folder that survives a restart."""

    def __init__(self, folder: Path) -> None:
        self.today = MONDAY
        self.now_s = 1000.0
        self.folder = folder
        self.health = Health(Trace())

    @property
    def file(self) -> Path:
        return self.folder / "usage.json"

    def meter(self, budget: Budget | None = None) -> Meter:
        return Meter(
            Store(self.folder),
            budget or Budget(),
            self.health,
            today=lambda: self.today,
            clock=lambda: self.now_s,
        )

    def saved(self, day: date = MONDAY) -> dict[str, Any]:
        """Return what the file says of a day."""
        counts: dict[str, Any] = json.loads(self.file.read_text())["days"][day.isoformat()]
        return counts


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "state")


def hear(meter: Meter, frame: str) -> None:
    """Tell the meter what a session tells it of a frame."""
    for event in events_in(parse(frame)):
        match event:
            case TokensUsed():
                meter.tokens_used(event)
            case TurnComplete():
                meter.turn_ended()


def speak(meter: Meter, minutes_in: float, minutes_out: float = 0.0) -> None:
    meter.audio_sent(Frames(round(minutes_in * 60 * CAPTURE_RATE_HZ)))
    meter.audio_received(round(minutes_out * 60 * PLAYBACK_RATE_HZ) * SAMPLE_BYTES)


async def test_usage_is_counted_and_kept_over_a_restart(world: World) -> None:
    async with world.meter() as meter:
        meter.conversation_started()
        speak(meter, 0.5, 0.25)
        hear(meter, TURN_COMPLETE)
        hear(meter, TURN_COMPLETE)
        meter.still_sent()
        meter.conversation_ended()
        before = meter.summary()["today"]
    async with world.meter() as meter:
        again = meter.summary()
    assert (
        again["today"]
        == before
        == {
            "day": "2026-11-23",
            "conversations": 1,
            "minutes": 0.75,
            "minutes_in": 0.5,
            "minutes_out": 0.25,
            "tokens": 2626,
            "tokens_in": {"TEXT": 2472},
            "tokens_out": {"TEXT": 26, "AUDIO": 128},
            "stills": 1,
        }
    )
    assert (again["conversation"]["is_running"], again["conversation"]["minutes"]) == (False, 0)


async def test_usage_passes_to_the_next_day_at_midnight(world: World) -> None:
    async with world.meter() as meter:
        meter.conversation_started()
        speak(meter, 2.0)
        world.today = TUESDAY
        speak(meter, 1.0)
        summary = meter.summary()
        assert (summary["today"]["day"], summary["today"]["minutes"]) == ("2026-11-24", 1.0)
        assert summary["conversation"]["minutes"] == 3.0
        assert summary["conversation"]["is_running"]
    assert (world.saved(MONDAY)["seconds_in"], world.saved(TUESDAY)["seconds_in"]) == (120.0, 60.0)


async def test_spent_budget_is_announced_once_and_refuses_until_midnight(world: World) -> None:
    budget = Budget(daily_minutes=10)
    async with world.meter(budget) as meter:
        meter.conversation_started()
        speak(meter, 8.9)
        assert (meter.take_announcement(), meter.refusal()) == (None, None)
        speak(meter, 0.2)
        assert meter.take_announcement() == "Today's budget for conversations is nearly used up."
        assert (meter.take_announcement(), meter.refusal()) == (None, None)
        speak(meter, 0.5, 0.5)
        assert str(meter.take_announcement()).startswith("Today's budget for conversations is used")
        assert meter.take_announcement() is None
    async with world.meter(budget) as meter:
        assert meter.take_announcement() is None, "a restart is no reason to say it again"
        assert meter.refusal() == (
            "today's budget of 10 minutes is used up; "
            "new conversations from midnight on, or raise budget.daily_minutes"
        )
        world.today = TUESDAY
        assert meter.refusal() is None
        speak(meter, 9.5)
        assert meter.take_announcement() == "Today's budget for conversations is nearly used up."


async def test_budget_that_is_spent_at_once_is_announced_as_spent_only(world: World) -> None:
    async with world.meter(Budget(daily_tokens=1313)) as meter:
        hear(meter, TURN_COMPLETE)
        assert "is used up" in str(meter.take_announcement())
        assert meter.take_announcement() is None
    async with world.meter(Budget(daily_tokens=1400)) as meter:
        assert meter.refusal() is None, "it was raised"
        assert meter.take_announcement() is None, "after `used up`, `nearly` is no news"


async def test_usage_is_written_once_a_minute_and_at_the_end(world: World) -> None:
    async with world.meter() as meter:
        meter.conversation_started()
        for _ in range(59):
            world.now_s += 1
            speak(meter, 1 / 60)
            await meter.saved()
            assert not world.file.exists()
        world.now_s += SAVE_PERIOD_S - 59
        speak(meter, 1 / 60)
        await meter.saved()
        assert world.saved()["seconds_in"] == 60.0
        speak(meter, 1 / 60)
        await meter.saved()
        assert world.saved()["seconds_in"] == 60.0
        meter.conversation_ended()
        await meter.saved()
        assert world.saved()["seconds_in"] == 61.0
        world.file.unlink()
        meter.conversation_ended()
        await meter.saved()
        assert not world.file.exists(), "no conversation, nothing to write"
    assert not world.file.exists(), "nothing new, nothing to write"


async def test_usage_that_ends_while_it_is_written_is_written_again(world: World) -> None:
    async with world.meter() as meter:
        meter.conversation_started()
        world.now_s += SAVE_PERIOD_S
        speak(meter, 1.0)
        speak(meter, 1.0)
        meter.conversation_ended()
        await meter.saved()
        assert world.saved()["seconds_in"] == 120.0


async def test_usage_is_counted_in_memory_while_it_cannot_be_written(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.folder.write_text("a file, where a folder should be")
    async with world.meter(Budget(daily_minutes=1)) as meter:
        for _ in range(3):
            meter.conversation_started()
            speak(meter, 0.5)
            meter.conversation_ended()
            await meter.saved()
        assert meter.summary()["today"]["conversations"] == 3
        assert meter.refusal() is not None
        assert world.health.troubles.keys() == {"usage"}
        assert len(caplog.messages) == len(set(caplog.messages)) <= 2
        world.folder.unlink()
    assert world.saved()["conversations"] == 3
    assert world.health.troubles == {}


async def test_broken_file_costs_a_warning_and_no_start(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.folder.mkdir()
    world.file.write_bytes(bytes(64))
    async with world.meter() as meter:
        meter.conversation_started()
        assert meter.summary()["today"]["conversations"] == 1
    assert len(caplog.messages) == 1
    assert (world.folder / "usage.json.broken").read_bytes() == bytes(64)
    assert world.saved()["conversations"] == 1


# --- `myna status` -----------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.config.write_text(f'[control]\nsocket = "{tmp_path / "control.sock"}"\n')
    return home


async def words_of(home: Home, answer: Mapping[str, Any]) -> dict[str, str]:
    """Return the lines of `myna status` from a daemon that answers `answer`."""

    async def answered(_request: Request) -> Mapping[str, object]:
        return answer

    server = ControlServer(home.folder / "control.sock", answered)
    await server.start()
    try:
        done = await home.myna("status")
    finally:
        await server.close()
    assert done.code == 0, done.err
    lines = (line.partition("  ") for line in done.out.splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


async def test_status_tells_what_was_used(world: World, home: Home) -> None:
    async with world.meter(Budget(daily_minutes=60)) as meter:
        meter.conversation_started()
        speak(meter, 7.0, 5.0)
        hear(meter, TURN_COMPLETE)
        for _ in range(3):
            meter.still_sent()
        meter.conversation_ended()
        meter.conversation_started()
        speak(meter, 0.5, 0.25)
        summary = meter.summary()
    words = await words_of(home, {**STATUS, "usage": summary})
    assert words["usage"] == (
        "today 12.8 min in 2 conversations (in 7.5, out 5.2), 1,313 tokens, 3 pictures; "
        "this conversation 0.8 min"
    )
    assert words["tokens"] == "in: 1,236 text; out: 64 audio, 13 text"
    assert words["budget"] == "21 % of today's 60 minutes used"


async def test_status_tells_that_the_budget_is_spent(world: World, home: Home) -> None:
    async with world.meter(Budget(daily_minutes=1)) as meter:
        meter.conversation_started()
        speak(meter, 1.0)
        meter.conversation_ended()
        summary = meter.summary()
    words = await words_of(home, {**STATUS, "usage": summary})
    assert words["usage"] == (
        "today 1.0 min in 1 conversation (in 1.0, out 0.0), 0 tokens, 0 pictures"
    )
    assert (
        words["budget"]
        == summary["budget"]["text"]
        == (
            "today's budget of 1 minute is used up; "
            "new conversations from midnight on, or raise budget.daily_minutes"
        )
    )
    assert "tokens" not in words


async def test_status_of_a_daemon_that_does_not_count_says_nothing_of_it(home: Home) -> None:
    words = await words_of(home, STATUS)
    assert words["state"] == "idle"
    assert not {"usage", "tokens", "budget"} & words.keys()
