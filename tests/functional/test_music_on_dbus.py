"""Music around a conversation: players on a real D-Bus daemon under the whole daemon."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from myna.config import ConversationSettings
from myna.music.settings import MusicSettings
from support.dbus_server import DBusServer, dbus_server
from support.scene import ENVIRON, Scene, scene


@pytest.fixture
def bus() -> Iterator[DBusServer]:
    with dbus_server() as server:
        yield server


def stage(folder: Path, bus: DBusServer) -> AbstractAsyncContextManager[Scene]:
    return scene(
        folder,
        environ={**ENVIRON, "DBUS_SESSION_BUS_ADDRESS": bus.address},
        conversation=ConversationSettings(follow_up_s=30.0),
        music=MusicSettings(driver="mpris"),
    )


@pytest.mark.parametrize(
    ("traits", "meanwhile"),
    [
        ({}, ("Playing", 16.0)),
        ({"heeds": "ignores"}, ("Paused", 80.0)),
        ({"heeds": "refuses"}, ("Paused", 80.0)),
        ({"can_control": False}, ("Playing", 80.0)),
    ],
    ids=["heeds", "ignores", "refuses", "not to be controlled"],
)
async def test_player_makes_room_as_well_as_it_can_and_comes_back(
    tmp_path: Path, bus: DBusServer, traits: dict[str, object], meanwhile: tuple[str, float]
) -> None:
    with (
        bus.player("one", status="Playing", volume=0.8, **traits) as one,
        bus.player("other", status="Paused", volume=0.5) as other,
    ):
        async with stage(tmp_path, bus) as on:
            on.button.press()
            await on.log.wait("session_ready")
            await one.until(lambda stands: stands == meanwhile)
            on.button.double_press()
            await on.log.wait_state("idle")
            await one.until(lambda stands: stands == ("Playing", 80.0))
            assert on.app.health.troubles == {}
        assert other.stands == ("Paused", 50.0)


async def test_player_that_is_started_again_gets_its_volume_back_and_is_not_played(
    tmp_path: Path, bus: DBusServer
) -> None:
    with bus.player("one", status="Playing", volume=0.8) as one:
        async with stage(tmp_path, bus) as on:
            on.button.press()
            await on.log.wait("music")
            one.kill()
            with bus.player("one", status="Paused", volume=0.16) as heir:
                on.button.double_press()
                await heir.until(lambda stands: stands == ("Paused", 80.0))


async def test_player_that_refuses_to_come_back_does_not_keep_others_from_it(
    tmp_path: Path, bus: DBusServer
) -> None:
    with (
        bus.player("a", status="Playing", volume=0.8) as stubborn,
        bus.player("b", status="Playing", volume=0.8) as other,
    ):
        async with stage(tmp_path, bus) as on:
            on.button.press()
            await on.log.wait("music", times=2)
            stubborn.ask(heeds="refuses")
            on.button.double_press()
            await other.until(lambda stands: stands == ("Playing", 80.0))
            stubborn.ask(heeds="sets")
            await stubborn.until(lambda stands: stands == ("Playing", 80.0))


async def test_bus_that_dies_costs_the_music_and_not_the_conversation(
    tmp_path: Path, bus: DBusServer
) -> None:
    with bus.player("one", status="Playing", volume=0.8):
        async with stage(tmp_path, bus) as on:
            on.button.press()
            await on.log.wait("music")
            bus.kill()
            on.button.double_press()
            await on.log.wait_state("idle")
            assert (await on.log.wait("degraded"))["what"] == "music"


async def test_service_without_a_session_bus_says_so_and_starts(tmp_path: Path) -> None:
    async with scene(tmp_path, music=MusicSettings(driver="mpris")) as on:
        assert 'use music.bus = "system"' in on.app.health.troubles["music"]
