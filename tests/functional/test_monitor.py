"""Watching a whole conversation over the control socket, and in the terminal."""

from __future__ import annotations

import asyncio
import json
from io import StringIO
from itertools import groupby
from pathlib import Path
from threading import Event
from typing import Any

from rich.console import Console

from myna.cli.screen import draw
from myna.control.client import follow
from myna.control.messages import Monitor
from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from support.cli import Home, simulated
from support.scene import scene, turn
from support.speech import recorded

REPLY = "The lamp [bold]is[/] on."
LAMP = ToolCall("set_output", {"name": "lamp", "on": True})


class Watcher:
    """Somebody who watches on a thread, until they have seen enough."""

    def __init__(self, path: Path) -> None:
        self.moments: list[dict[str, Any]] = []
        self._path = path
        self._has_seen_enough = Event()

    def watch(self) -> None:
        """Collect moments."""
        for moment in follow(self._path, Monitor()):
            self.moments.append(moment)
            if self._has_seen_enough.is_set():
                return

    def stop(self) -> None:
        """Have seen enough."""
        self._has_seen_enough.set()

    def seen(self, name: str) -> list[Any]:
        """Return what `name` has been, one after the other."""
        return [value for value, _same in groupby(moment[name] for moment in self.moments)]


async def test_monitor_shows_the_conversation_and_nothing_stays(tmp_path: Path) -> None:
    answer = turn(LAMP, Speech(tone(440, 0.5), text=REPLY))
    async with scene(tmp_path, answer) as on:
        assert on.config.control.socket is not None
        watcher = Watcher(on.config.control.socket)
        watching = asyncio.create_task(asyncio.to_thread(watcher.watch))
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("turn_complete")
        await on.log.wait_state("idle")
        watcher.stop()
        await watching
    states = watcher.seen("state")
    assert states[0] == "idle"
    assert {"listening", "speaking"} <= set(states)
    assert {"listening", "speaking"} <= set(watcher.seen("lights"))
    assert REPLY in watcher.seen("reply_text")
    assert watcher.seen("user_text")[-1] == ""
    assert ("set_output", True) in {
        (call["name"], call["ok"]) for calls in watcher.seen("tools") for call in calls
    }
    assert max(level for level in watcher.seen("microphone_dbfs") if level is not None) > -40
    assert watcher.moments[-1]["latencies"]["wake_to_first_chunk"]["turns"] == 1
    assert REPLY in shown(next(each for each in watcher.moments if each["reply_text"] == REPLY))


async def test_monitor_draws_the_last_turns_as_a_waterfall(tmp_path: Path) -> None:
    first, second = turn(LAMP, Speech(tone(440, 0.5))), turn(Speech(tone(440, 6.0)))
    async with scene(tmp_path, first, second) as on:
        assert on.config.control.socket is not None
        watcher = Watcher(on.config.control.socket)
        watching = asyncio.create_task(asyncio.to_thread(watcher.watch))
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("turn_timing")
        on.microphone.say(recorded("small_talk"))
        await on.log.wait("playback_started", 2)
        on.button.press()
        await on.log.wait("turn_timing", 2)
        await on.log.wait_state("idle")
        watcher.stop()
        await watching
    moment = watcher.moments[-1]
    assert [told_in_trace(each) for each in moment["turns"]] == [
        told_in_trace(each) for each in on.log.of("turn_timing")
    ]
    asked, cut = moment["turns"]
    assert (asked["began_by"], asked["outcome"]) == ("wake", "heard")
    expected = {"connecting", "sending", "speech", "endpointing", "server", "tool", "reply"}
    assert expected <= {part["part"] for part in asked["parts"]}
    assert (cut["began_by"], cut["outcome"]) == ("speech", "cut")
    assert [part["part"] for part in cut["parts"]][-2:] == ["reply", "cutting"]
    assert sum(part["ms"] for part in cut["parts"]) == cut["total_ms"]
    rows = [
        line.split()[1] for line in shown(moment, 60).splitlines() if "█" in line and " s " in line
    ]
    assert rows[-2:] == ["wake", "speech"]
    assert_shares_are_the_wait(asked["waits_ms"])
    assert all(found["turns"] > 0 for found in moment["latencies"].values())


def told_in_trace(turn: dict[str, Any]) -> dict[str, Any]:
    """Return what the trace and the monitor both tell of a turn."""
    return {name: turn[name] for name in ("began_by", "outcome", "parts", "waits_ms", "total_ms")}


def assert_shares_are_the_wait(waits_ms: dict[str, int]) -> None:
    """Our share and the server's are all that the user waited."""
    shares = waits_ms["our_share_of_first_sound"] + waits_ms["server_share_of_first_sound"]
    assert abs(shares - waits_ms["end_of_speech_to_first_sound"]) <= 1


def shown(moment: dict[str, Any], width: int = 100) -> str:
    """Return what the terminal shows of a moment."""
    screen = StringIO()
    Console(width=width, height=40, file=screen).print(draw(moment))
    return screen.getvalue()


async def test_monitor_prints_each_moment_as_json(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.config.write_text(simulated(tmp_path))
    async with scene(tmp_path) as on:
        process = await home.start("monitor", "--json")
        assert process.stdout is not None
        first = json.loads(await process.stdout.readline())
        assert (first["state"], first["lights"]) == ("idle", "idle")
        assert first["troubles"] == on.app.health.troubles
        process.terminate()
        await process.communicate()


async def test_monitor_of_a_muted_speaker_hears_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.config.write_text(simulated(tmp_path))
    async with scene(tmp_path) as on:
        assert (await home.myna("mute")).code == 0
        await on.log.wait("muted")
        process = await home.start("monitor", "--json")
        assert process.stdout is not None
        moments = [json.loads(await process.stdout.readline()) for _ in range(4)]
        process.terminate()
        await process.communicate()
    assert {moment["microphone_dbfs"] for moment in moments[1:]} == {None}
    assert moments[-1]["is_muted"]


async def test_monitor_needs_a_daemon(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.config.write_text(simulated(tmp_path))
    assert (await home.myna("monitor")).code == 69
