"""The MPRIS driver against players in processes of their own, on a real D-Bus daemon."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest

from myna.errors import PlayerError
from myna.music.mpris import MprisPlayers, is_meant, look_of
from myna.music.player import (
    EVERYTHING,
    Look,
    Next,
    Pause,
    Play,
    Previous,
    SetPercent,
    Start,
    Stop,
)
from support.dbus_server import DBusServer, dbus_server

STATION = Start("station", "one", "https://example.org/one")


@pytest.fixture
def bus() -> Iterator[DBusServer]:
    with dbus_server() as server:
        yield server


async def seen(players: MprisPlayers) -> Look:
    (look,) = await players.look()
    return look


async def test_player_is_seen_and_obeys(bus: DBusServer) -> None:
    players = MprisPlayers(bus.address, "any")
    assert await players.look() == []
    with bus.player("vlc.instance7", status="Playing", volume=0.8) as vlc:
        look = await seen(players)
        assert (look.name, look.status, look.percent) == ("vlc", "playing", 80.0)
        assert (look.title, look.artist, look.able) == ("Solveig", "Grieg, Myna", EVERYTHING)
        for deed, stands in (
            (SetPercent(16.0), ("Playing", 16.0)),
            (Pause(), ("Paused", 16.0)),
            (Pause(), ("Paused", 16.0)),
            (Play(), ("Playing", 16.0)),
            (Stop(), ("Stopped", 16.0)),
        ):
            await players.act(look.player, deed)
            assert vlc.stands == stands
        await players.act(look.player, Next())
        assert (await seen(players)).title == "Anitra"
        await players.act(look.player, Previous())
        assert (await seen(players)).title == "Solveig"


async def test_station_is_opened_and_played_also_by_a_paused_player(bus: DBusServer) -> None:
    players = MprisPlayers(bus.address, "vlc")
    with bus.player("vlc", status="Paused") as vlc:
        player = (await seen(players)).player
        await players.act(player, STATION)
        assert vlc.stands[0] == "Playing"
        assert (await seen(players)).source == STATION.source
        with pytest.raises(PlayerError, match="the player refused OpenUri: NotSupported"):
            await players.act(player, Start("station", "x", "rtsp://secret@host/"))


async def test_playlist_is_found_by_its_spoken_name(bus: DBusServer) -> None:
    players = MprisPlayers(bus.address, "any")
    with bus.player("box", playlists=["Loud", "Quiet evening"]) as box:
        player = (await seen(players)).player
        await players.act(player, Start("playlist", "x", "quiet_evening"))
        assert box.ask()["activated"] == "Quiet evening"
        with pytest.raises(PlayerError, match="has no playlist 'none'"):
            await players.act(player, Start("playlist", "x", "none"))
    with bus.player("bare"):
        player = (await seen(players)).player
        with pytest.raises(PlayerError, match="the player refused GetPlaylists"):
            await players.act(player, Start("playlist", "x", "Loud"))


async def test_one_that_plays_comes_first_and_one_that_hangs_hides_none(bus: DBusServer) -> None:
    players = MprisPlayers(bus.address, "any")
    with (
        bus.player("a", status="Paused"),
        bus.player("b") as hung,
        bus.player("c", status="Playing"),
        bus.player("playerctld", status="Playing"),
    ):
        assert [look.name for look in await players.look()] == ["c", "a", "b"]
        hung.freeze()
        async with asyncio.timeout(0.5):  # what a `Reach` allows
            assert [look.name for look in await players.look()] == ["c", "a"]
        hung.thaw()
        assert [look.name for look in await MprisPlayers(bus.address, "b").look()] == ["b"]


async def test_player_that_has_gone_refuses_and_its_heir_is_another(bus: DBusServer) -> None:
    players = MprisPlayers(bus.address, "any")
    with bus.player("vlc") as vlc:
        former = (await seen(players)).player
        vlc.kill()
        with pytest.raises(PlayerError) as gone:
            await players.act(former, Play())
        assert not gone.value.is_away
        vlc.start()
        heir = await seen(players)
        assert (heir.name, heir.player == former) == ("vlc", False)


async def test_bus_that_is_not_there_dies_or_hangs_is_away(
    bus: DBusServer, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = MprisPlayers("unix:path=/nonexistent/bus", "any")
    with pytest.raises(PlayerError, match="cannot be reached") as away:
        await nowhere.look()
    assert away.value.is_away
    players = MprisPlayers(bus.address, "any")
    bus.freeze()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await players.look()
    waits = asyncio.create_task(players.look())
    await asyncio.sleep(0.05)
    bus.kill()
    with pytest.raises(PlayerError) as died:
        await waits
    assert died.value.is_away
    await asyncio.sleep(0.05)  # in which a connection that was left would complain
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_address_that_is_none_is_away() -> None:
    with pytest.raises(PlayerError, match="cannot be reached"):
        await MprisPlayers("nonsense", "any").look()


@pytest.mark.parametrize(
    ("name", "wanted", "is_so"),
    [
        ("org.mpris.MediaPlayer2.vlc", "any", True),
        ("org.mpris.MediaPlayer2.vlc.instance12", "vlc", True),
        ("org.mpris.MediaPlayer2.vlc2", "vlc", False),
        ("org.mpris.MediaPlayer2.kdeconnect.mpris_000001", "any", False),
        ("org.mpris.MediaPlayer2.playerctld", "playerctld", True),
        ("org.freedesktop.DBus", "any", False),
    ],
)
def test_is_meant(name: str, wanted: str, is_so: bool) -> None:
    assert is_meant(name, wanted) is is_so


def test_look_of_takes_what_players_get_wrong_for_unknown() -> None:
    bare = look_of("org.mpris.MediaPlayer2.x", ":1.1", {})
    assert (bare.status, bare.percent, bare.title, bare.able) == ("stopped", None, "", EVERYTHING)
    odd = {"Metadata": {"xesam:artist": "Grieg", "xesam:title": 7}, "Volume": -0.5}
    look = look_of("org.mpris.MediaPlayer2.x", ":1.1", odd)
    assert (look.percent, look.title, look.artist) == (0.0, "", "")
    assert Pause not in look_of("org.mpris.MediaPlayer2.x", ":1.1", {"CanPause": False}).able
    assert look_of("org.mpris.MediaPlayer2.x", ":1.1", {"CanControl": False}).able == frozenset()
