from __future__ import annotations

import sys
from pathlib import Path

import pytest

from myna.errors import PlayerError
from myna.music.mpd import MpdPlayer
from myna.music.mpris import MprisPlayers
from myna.music.opening import SYSTEM_BUS, bus_address, open_player
from myna.music.settings import MusicSettings
from support.mpd_server import mpd_server


def forget(_secret: str) -> None:
    """Take a password that the test does not look for."""


def test_no_driver_is_no_player() -> None:
    assert open_player(MusicSettings(), {}, forget) is None


def test_drivers_say_where_they_look() -> None:
    at = MusicSettings(driver="mpd", host="music.local", port=6601)
    player = open_player(at, {}, forget)
    assert isinstance(player, MpdPlayer)
    assert player.label == "MPD at music.local:6601"
    on = MusicSettings(driver="mpris", bus="system", player="spotifyd")
    players = open_player(on, {}, forget)
    assert isinstance(players, MprisPlayers)
    assert players.label == f"the player spotifyd on D-Bus ({SYSTEM_BUS})"


@pytest.mark.parametrize(
    ("bus", "environ", "address"),
    [
        ("system", {}, SYSTEM_BUS),
        ("system", {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/x"}, "unix:path=/x"),
        ("session", {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/y"}, "unix:path=/y"),
        ("session", {"XDG_RUNTIME_DIR": "/run/user/1000"}, "unix:path=/run/user/1000/bus"),
    ],
)
def test_bus_address(bus: str, environ: dict[str, str], address: str) -> None:
    assert bus_address(bus, environ) == address


@pytest.mark.parametrize(
    ("driver", "library"), [("mpd", "mpd.asyncio"), ("mpris", "dbus_fast.aio")]
)
def test_driver_without_its_library_names_the_cure(
    monkeypatch: pytest.MonkeyPatch, driver: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    settings = MusicSettings(driver=driver, bus="system")  # type: ignore[arg-type]
    with pytest.raises(PlayerError, match=r"install it: sudo \./install\.sh --with music"):
        open_player(settings, {}, forget)


async def test_password_comes_from_its_credential_or_file_and_is_hidden(tmp_path: Path) -> None:
    hidden: list[str] = []
    (tmp_path / "credentials").mkdir()
    (tmp_path / "file").write_text("from-file\n")
    more = 'password "from-file@read"\npassword "handed@read"\ndefault_permissions ""'
    with mpd_server(tmp_path / "mpd", more=more, password="handed") as server:  # noqa: S106
        settings = MusicSettings(
            driver="mpd", host=str(server.socket), password_file=tmp_path / "file"
        )
        environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
        player = open_player(settings, environ, hidden.append)
        assert player is not None
        await player.look()
        (tmp_path / "credentials" / "mpd-password").write_text("handed")
        await player.look()
        assert hidden == ["from-file", "handed"]
        (tmp_path / "credentials" / "mpd-password").write_text("two words")
        with pytest.raises(PlayerError, match=r"the MPD password in .* holds a space") as refused:
            await player.look()
        assert refused.value.is_away
        assert "words" not in str(refused.value)
