"""Choosing the driver; its library is imported here and now, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from myna.errors import CredentialError, PlayerError
from myna.live.credentials import find_secret
from myna.music.player import Player
from myna.music.settings import MusicSettings

SYSTEM_BUS: Final = "unix:path=/var/run/dbus/system_bus_socket"
"""Where it is unless $DBUS_SYSTEM_BUS_ADDRESS says otherwise (D-Bus Specification, 0.43,
"Well-known Message Bus Instances")."""


def open_player(
    settings: MusicSettings, environ: Mapping[str, str], hide: Callable[[str], None]
) -> Player | None:
    """Open the configured driver, which connects to nothing yet; None for none.

    Args:
        settings: `[music]`.
        environ: The process's environment.
        hide: Told the password, so that nobody else gets it (`Redaction.hide`).

    Raises:
        PlayerError: Its library is missing, or there is no bus.
    """

    def password() -> str | None:
        try:
            found = find_secret(
                "MPD password",
                "mpd-password",
                settings.password_file,
                "music.password_file",
                environ,
            )
        except CredentialError as error:
            raise PlayerError(str(error), is_away=True) from error
        if found is None:
            return None
        hide(found.reveal())
        return found.reveal()

    match settings.driver:
        case "mpd":
            from myna.music.mpd import MpdPlayer

            return MpdPlayer(settings.host, settings.port, password)
        case "mpris":
            from myna.music.mpris import MprisPlayers

            return MprisPlayers(bus_address(settings.bus, environ), settings.player)
    return None


def bus_address(bus: str, environ: Mapping[str, str]) -> str:
    """Return where a bus is.

    Raises:
        PlayerError: This user has no session bus, as the user of a service has none.
    """
    if bus == "system":
        return environ.get("DBUS_SYSTEM_BUS_ADDRESS") or SYSTEM_BUS
    if environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return environ["DBUS_SESSION_BUS_ADDRESS"]
    if environ.get("XDG_RUNTIME_DIR"):
        return f"unix:path={environ['XDG_RUNTIME_DIR']}/bus"
    problem = (
        'there is no session bus here: a service has none; use music.bus = "system" or MPD '
        "(docs/music.md, D-Bus)"
    )
    raise PlayerError(problem, is_away=True)
