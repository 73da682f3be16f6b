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


def shown(moment: dict[str, Any]) -> str:
    """Return what the terminal shows of a moment."""
    screen = StringIO()
    Console(width=100, file=screen).print(draw(moment))
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
