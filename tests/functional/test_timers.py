"""Timers through the whole daemon: set by the model, rung, stopped, and kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from myna.audio.earcon_policy import EarconRules, earcon_db
from myna.audio.earcons import earcon
from myna.audio.volume import gain_of_db, scale
from myna.cli.main import main
from myna.control.client import ask
from myna.control.messages import Call, Request, Snooze, Status, Stop, Timers
from myna.conversation.events import MuteAsked, StopHeard
from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from myna_hardware.units import Frames
from support.scene import Scene, scene, turn
from support.speech import recorded

SHORT = Speech(tone(440, 0.4))
LONG = Speech(tone(440, 6.0))


def sounded() -> bytes:
    """Return the ring as it is played by day at the stage's volume, without its rest."""
    db = earcon_db("timer", 100, EarconRules(), time(12))
    assert db is not None
    return scale(earcon("timer"), gain_of_db(db)).rstrip(b"\0")


async def command(on: Scene, request: Request) -> dict[str, Any]:
    socket = on.config.control.socket
    assert socket is not None
    return await asyncio.to_thread(ask, socket, request)


async def set_timer(on: Scene, name: str, duration_s: float = 1) -> None:
    call = Call("set_timer", {"duration_s": duration_s, "name": name})
    told = (await command(on, call))["output"]
    assert (told["name"], told["due_in_s"]) == (name, pytest.approx(duration_s, abs=1))


async def test_timer_that_the_model_sets_rings_in_time(tmp_path: Path) -> None:
    call = ToolCall("set_timer", {"duration_s": 2, "name": "pasta"})
    async with scene(tmp_path, turn(call, SHORT)) as on:
        on.microphone.say(recorded("wake_lamp"))
        was_set = await on.log.wait("timer_set")
        assert (was_set["name"], was_set["due_s"]) == ("pasta", pytest.approx(2, abs=0.2))
        rang = await on.log.wait("timer_rang")
        assert rang["name"] == "pasta"
        assert 0 <= rang["late_ms"] < 1000
        assert rang["t"] - was_set["t"] == pytest.approx(2, abs=0.5)
        await on.log.wait("earcon", times=len(on.log.of("earcon")) + 3)
        assert on.log.of("lights")[-1]["pattern"] == "ringing"
        await command(on, Stop())
        await on.log.wait("timer_stopped")
        assert sounded() in on.speaker.heard


WAYS: dict[str, Callable[[Scene], object]] = {
    "press": lambda on: on.button.press(),
    "double press": lambda on: on.button.double_press(),
    "wake word": lambda on: on.microphone.say(recorded("okay_nabu")),
    "stop word": lambda on: on.app.assistant.post(StopHeard(Frames(9))),
}


@pytest.mark.parametrize("way", WAYS)
async def test_ring_is_stopped_and_does_not_come_back(tmp_path: Path, way: str) -> None:
    async with scene(tmp_path) as on:
        await set_timer(on, "pasta")
        await on.log.wait("timer_rang")
        await on.log.wait("earcon")
        WAYS[way](on)
        await on.log.wait("timer_stopped")
        await on.log.wait_state("idle")
    async with scene(tmp_path) as on:
        told = await command(on, Timers())
        assert told["set"] == []
        assert [ring["outcome"] for ring in told["past"]] == ["stopped"]
        assert on.log.states() == []


async def test_two_timers_ring_as_one_and_stop_as_one(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        await set_timer(on, "pasta")
        await set_timer(on, "eggs", 1.5)
        await on.log.wait("timer_rang", times=2)
        on.button.press()
        await on.log.wait("timer_stopped", times=2)
        assert on.log.states() == ["ringing", "idle"]


async def test_held_button_snoozes(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        await set_timer(on, "pasta")
        await on.log.wait_state("ringing")
        on.button.hold()
        await on.log.wait("timer_snoozed")
        assert (await on.log.wait("timer_set", times=2))["due_s"] == pytest.approx(540, abs=1)
        assert not on.app.assistant.is_muted
        status = await command(on, Status())
        assert (status["timers"]["set"], status["timers"]["next"]["name"]) == (1, "pasta")


async def test_snooze_command_stops_the_ring_for_as_long_as_it_says(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        await set_timer(on, "pasta")
        await on.log.wait_state("ringing")
        told = await command(on, Snooze(5))
        assert told["snoozed"][0]["due_in_s"] == pytest.approx(300, abs=1)
        await on.log.wait_state("idle")


async def test_reminder_is_spoken_once_its_ring_is_stopped(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(SHORT, on="text")) as on:
        call = Call("set_reminder", {"text": "Take the bins out.", "in_s": 1})
        await command(on, call)
        await on.log.wait_state("ringing")
        assert on.log.of("session_opening") == []
        on.button.press()
        await on.log.wait("playback_started")
        assert "Take the bins out." in on.server.state.last.texts[0]
        await on.log.wait_state("idle", times=2)
        assert on.log.of("chunk_sent") == [], "nobody is listened to"


async def test_ring_cuts_a_conversation(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(LONG)) as on:
        await set_timer(on, "pasta", 4)
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("playback_started")
        await on.log.wait_state("ringing")
        assert (await on.log.wait("session_closed"))["code"] == 1000


async def test_ring_on_a_muted_speaker_opens_no_microphone(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        on.app.assistant.post(MuteAsked())
        await on.log.wait("muted")
        await set_timer(on, "pasta")
        await on.log.wait("earcon", times=2)
        assert on.app.assistant.is_muted
        on.button.press()
        await on.log.wait("timer_stopped")
        assert on.log.of("unmuted") == []


async def test_ring_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        await set_timer(on, "pasta")
        await on.log.wait_state("ringing")
    async with scene(tmp_path) as on:
        await on.log.wait("timer_resumed")
        await on.log.wait("earcon")
        assert on.log.of("timer_rang") == []
        on.button.press()
        await on.log.wait("timer_stopped")


async def test_call_that_comes_twice_sets_one_timer(tmp_path: Path) -> None:
    call = ToolCall("set_timer", {"duration_s": 60, "name": "pasta"})
    async with scene(tmp_path, turn(call, call, SHORT)) as on:
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("tool_result", times=2)
        assert len((await command(on, Timers()))["set"]) == 1


async def test_state_folder_that_cannot_be_costs_no_ring(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    async with scene(tmp_path) as on:
        call = Call("set_timer", {"duration_s": 1, "name": "pasta"})
        told = (await command(on, call))["output"]
        assert "a restart forgets it" in told["note"]
        await on.log.wait("timer_rang")
        await on.log.wait_state("ringing")


async def test_commands_tell_what_is_set_what_rings_and_what_rang(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    socket = f"control.socket={tmp_path / 'control.sock'}"

    async def myna(*words: str) -> tuple[int, list[str]]:
        code = await asyncio.to_thread(main, [*words, "--set", socket])
        done = capsys.readouterr()
        return code, (done.out + done.err).splitlines()

    async with scene(tmp_path) as on:
        assert await myna("timers") == (0, ["nothing is set"])
        assert await myna("snooze") == (
            1,
            ["myna: nothing rings, and nothing rang in the last ten minutes"],
        )
        await set_timer(on, "pasta")
        await on.log.wait_state("ringing")
        assert await myna("timers") == (0, ["pasta (timer): rings now"])
        assert await myna("snooze", "5") == (0, ["pasta rings again in 5 minutes"])
        await command(
            on, Call("set_reminder", {"text": "Bins out.", "time": "2:30", "days": "sun"})
        )
        _, (pasta, bins, past) = await myna("timers")
        assert pasta.startswith("pasta (timer): in ")
        assert bins.startswith("Bins out. (reminder): in ")
        assert bins.endswith("at 02:30, every Sunday: Bins out.")
        assert past.startswith("pasta (timer): was due today at ")
        assert past.endswith(": it rang and was snoozed")
        _, status = await myna("status")
        assert any(line.startswith("timers ") and "2 set, next pasta" in line for line in status)
        assert json.loads("".join((await myna("timers", "--json"))[1])).keys() == {"set", "past"}
        with pytest.raises(SystemExit, match="2"):
            await myna("snooze", "soon")
