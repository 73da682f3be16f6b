"""A voice in the room, with `live.open_ahead` on and off, through the whole daemon."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from myna import app
from myna.audio.events import VoiceRose
from myna.simulator.script import Speech
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from myna.switchboard import Switchboard
from support.scene import KEY, Scene, scene, stage_config, turn
from support.speech import recorded

SHORT = Speech(tone(440, 0.4))


@asynccontextmanager
async def in_a_room(
    folder: Path, patch: pytest.MonkeyPatch, *, is_on: bool = True
) -> AsyncIterator[tuple[Scene, Switchboard]]:
    """Run the daemon, and hold its switchboard, to which voices are told."""
    boards: list[Switchboard] = []

    class Board(Switchboard):
        def __init__(self, *args: object) -> None:
            super().__init__(*args)  # type: ignore[arg-type]  # handed on as they come
            boards.append(self)

    patch.setattr(app, "Switchboard", Board)
    outer = folder / "server"
    outer.mkdir()
    async with scene(outer, turn(SHORT), turn(SHORT)) as direct:
        live = replace(stage_config(direct.server.url, folder).live, open_ahead=is_on)
        async with scene(folder, live=live) as on:
            yield Scene(on.app, on.log, direct.server, on.config), boards[-1]


async def converse(on: Scene) -> None:
    on.microphone.say(recorded("wake_lamp"))
    await on.log.wait("turn_complete")


async def test_voice_opens_the_connection_that_the_wake_word_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_a_room(tmp_path, monkeypatch) as (on, board):
        board.post(VoiceRose())
        await on.log.wait("connection_opened_ahead")
        assert on.log.of("session_opening") == []
        assert nothing_said(on.server)
        await converse(on)
        events = [line["event"] for line in on.log.lines]
        assert len(on.server.state.connections) == 1
        assert on.server.state.last.heard_frames > 0
    wanted = ["connection_opened_ahead", "session_opening", "connection_ahead_used"]
    assert [event for event in events if event in {*wanted, "session_ready"}] == [
        *wanted,
        "session_ready",
    ]
    assert KEY not in (tmp_path / "trace.jsonl").read_text()


async def test_voice_opens_nothing_while_a_conversation_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_a_room(tmp_path, monkeypatch) as (on, board):
        await converse(on)
        board.post(VoiceRose())
        await on.log.wait("session_closed")
        assert on.log.of("connection_opened_ahead") == []
        await on.log.wait_state("idle")
        board.post(VoiceRose())
        await on.log.wait("connection_opened_ahead")
        assert [one.setup is None for one in on.server.state.connections] == [False, True]


async def test_voice_opens_nothing_unless_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_a_room(tmp_path, monkeypatch, is_on=False) as (on, board):
        board.post(VoiceRose())
        await converse(on)
        assert len(on.server.state.connections) == 1
        assert on.log.of("connection_opened_ahead") == []


@pytest.mark.parametrize("part", ["session", "key", "budget"])
async def test_voice_opens_nothing_when_the_last_conversation_had_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    async with in_a_room(tmp_path, monkeypatch) as (on, board):
        on.app.health.degrade(part, "not now")
        board.post(VoiceRose())
        await converse(on)
        assert on.log.of("connection_opened_ahead") == []


async def test_spare_is_closed_with_the_daemon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with in_a_room(tmp_path, monkeypatch) as (on, board):
        board.post(VoiceRose())
        await on.log.wait("connection_opened_ahead")
        server = on.server
    assert nothing_said(server)
    closed = server.state.last.closed
    assert closed is not None
    assert (closed.code, closed.by) == (1000, "client")


def nothing_said(server: Simulator) -> bool:
    """Whether there is a connection on which no session was asked for, and nothing sent."""
    last = server.state.last
    said = [entry.kind for entry in last.log if entry.by == "client" and entry.kind != "close"]
    return last.setup is None and last.heard_frames == 0 and not said
