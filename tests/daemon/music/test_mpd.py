"""The MPD driver against Debian's MPD, whose own `status` is the judge."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from myna.errors import PlayerError
from myna.music.mpd import MpdPlayer, look_of
from myna.music.player import (
    Look,
    Next,
    Pause,
    Play,
    Previous,
    SetPercent,
    Start,
    Stop,
)
from support.mpd_server import MpdServer, mpd, mpd_server

__all__ = ["mpd"]

QUIET = Start("playlist", "quiet", "Quiet evening")


def player_of(server: MpdServer, password: str | None = None) -> MpdPlayer:
    return MpdPlayer(str(server.socket), 6600, lambda: password)


async def seen(player: MpdPlayer) -> Look:
    (look,) = await player.look()
    return look


async def test_mpd_is_seen_and_obeys(mpd: MpdServer) -> None:
    player = player_of(mpd)
    assert (await seen(player)).status == "stopped"
    mpd.play(80)
    assert await seen(player) == Look("mpd", "mpd", "playing", 80.0, source="one.wav")
    for deed, stands in (
        (SetPercent(16.4), ("play", "16")),
        (Pause(), ("pause", "16")),
        (Pause(), ("pause", "16")),
        (Play(), ("play", "16")),
        (Stop(), ("stop", "16")),
        (Play(), ("play", "16")),
    ):
        await player.act("mpd", deed)
        assert mpd.stands == stands
    await player.act("mpd", Next())
    assert (await seen(player)).source == "two.wav"
    await player.act("mpd", Previous())
    assert (await seen(player)).source == "one.wav"


def test_look_of_reads_tags_as_far_as_they_are_there() -> None:
    song = {"name": "Radio One", "artist": ["Grieg", "Myna"], "file": "https://host/one"}
    look = look_of({"state": "pause", "volume": "-1"}, song)
    assert (look.title, look.artist, look.album) == ("Radio One", "Grieg, Myna", "")
    assert (look.status, look.percent, look.source) == ("paused", None, "https://host/one")
    # MPD 0.24 leaves a volume out that is not there.
    assert look_of({"state": "stop"}, {**song, "title": "Solveig"}).title == "Solveig"


async def test_mpd_plays_a_playlist_instead_of_what_it_played(mpd: MpdServer) -> None:
    mpd.play()
    await player_of(mpd).act("mpd", QUIET)
    assert mpd.status["playlistlength"] == "1"
    assert (mpd.stands[0], (await seen(player_of(mpd))).source) == ("play", "two.wav")


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Start("playlist", "x", "none"), "MPD refused load: No such playlist"),
        (Start("station", "x", "nfsx://secret@host/x"), "MPD refused add: Unsupported URI scheme"),
    ],
)
async def test_mpd_that_refuses_plays_on(mpd: MpdServer, wish: Start, why: str) -> None:
    mpd.play()
    with pytest.raises(PlayerError) as refused:
        await player_of(mpd).act("mpd", wish)
    assert (str(refused.value), refused.value.is_away) == (why, False)
    assert (mpd.stands[0], mpd.status["playlistlength"]) == ("play", "2")


async def test_mpd_without_a_mixer_has_no_volume(tmp_path: Path) -> None:
    with mpd_server(tmp_path, mixer="none") as server:
        server.play(None)
        assert (await seen(player_of(server))).percent is None
        with pytest.raises(PlayerError) as refused:
            await player_of(server).act("mpd", SetPercent(10))
        assert not refused.value.is_away


async def test_mpd_wants_its_password(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    more = 'password "letmein@read,add,control,admin"\ndefault_permissions ""'
    with mpd_server(tmp_path, more=more, password="letmein") as server:  # noqa: S106
        assert (await seen(player_of(server, "letmein"))).status == "stopped"
        for wrong in (None, "guess", 'quo"te\\'):
            with pytest.raises(PlayerError, match="wants another password") as refused:
                await player_of(server, wrong).look()
            assert refused.value.is_away
    assert "letmein" not in caplog.text
    assert "guess" not in caplog.text


async def test_mpd_that_is_not_there_is_away(tmp_path: Path) -> None:
    player = MpdPlayer(str(tmp_path / "none"), 6600, lambda: None)
    with pytest.raises(PlayerError, match=r"MPD at .*/none cannot be reached: .*music\.host"):
        await player.look()


async def test_mpd_that_dies_is_away_and_one_that_hangs_can_be_left(
    mpd: MpdServer, caplog: pytest.LogCaptureFixture
) -> None:
    player = player_of(mpd)
    mpd.freeze()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await player.look()
    waits = asyncio.create_task(player.look())
    await asyncio.sleep(0.05)
    mpd.kill()
    with pytest.raises(PlayerError) as died:
        await waits
    assert died.value.is_away
    mpd.start()
    assert (await seen(player)).status == "stopped"
    await asyncio.sleep(0.2)  # in which a connection that was left would complain
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_mpd_on_a_port_and_one_that_is_no_mpd() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        player = MpdPlayer("127.0.0.1", port, lambda: None)
        with pytest.raises(PlayerError, match=f"MPD at 127.0.0.1:{port} cannot be reached") as away:
            await player.look()
    assert away.value.is_away
