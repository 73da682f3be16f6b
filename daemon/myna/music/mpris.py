"""Players that speak MPRIS on D-Bus, by dbus-fast. The only file that imports it.

MPRIS is https://specifications.freedesktop.org/mpris-spec/2.2/. A player owns the name
`org.mpris.MediaPlayer2.NAME`, or that with `.instance...` behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from myna.errors import PlayerError
from myna.music.player import (
    Deed,
    Look,
    Next,
    Pause,
    Play,
    Previous,
    SetPercent,
    Start,
    Stop,
)
from myna.spoken import spoken_words

PREFIX: Final = "org.mpris.MediaPlayer2."
PATH: Final = "/org/mpris/MediaPlayer2"
PLAYER: Final = "org.mpris.MediaPlayer2.Player"
PLAYLISTS: Final = "org.mpris.MediaPlayer2.Playlists"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
BUS: Final = "org.freedesktop.DBus"

PROXIES: Final = frozenset({"playerctld", "kdeconnect"})
"""They show other players, or those of a phone, once more: used only where they are named."""

PLAYER_S: Final = 0.25
"""A player that hangs must not hide those that do not."""

MOST_PLAYLISTS: Final = 200

_STATUS: Final[Mapping[str, Any]] = {"Playing": "playing", "Paused": "paused"}

_ABLE: Final[Mapping[type, str]] = {
    Play: "CanPlay",
    Pause: "CanPause",
    Next: "CanGoNext",
    Previous: "CanGoPrevious",
    Stop: "CanControl",
    SetPercent: "CanControl",
    Start: "CanControl",
}
"""Which property tells whether a deed would be done (section Player_Interface)."""


@dataclass(frozen=True, slots=True)
class Call:
    """A method call to a player."""

    interface: str
    member: str
    signature: str = ""
    body: tuple[object, ...] = ()


class MprisPlayers:
    """A `Player`: those of a bus.

    Args:
        address: Of the bus.
        name: Which one: "any", or what stands behind `org.mpris.MediaPlayer2.`.

    Raises:
        PlayerError: dbus-fast is not installed.
    """

    def __init__(self, address: str, name: str) -> None:
        try:
            import dbus_fast.aio
        except ImportError as error:
            problem = "dbus-fast is missing: install it: sudo ./install.sh --with music"
            raise PlayerError(problem, is_away=True) from error
        self._dbus = dbus_fast
        self._address = address
        self._name = name

    @property
    def label(self) -> str:
        """Which ones, and where, for a person."""
        which = "players" if self._name == "any" else f"the player {self._name}"
        return f"{which} on D-Bus ({self._address})"

    async def look(self) -> Sequence[Look]:
        """Return the players that answer."""
        async with self._visit() as bus:
            (names,) = await self._call(bus, BUS, Call(BUS, "ListNames"), path="/")
            found = [name for name in sorted(names) if is_meant(name, self._name)]
            looks = await asyncio.gather(*(self._look(bus, name) for name in found))
        return sorted(
            (look for look in looks if look is not None), key=lambda one: not one.is_playing
        )

    async def act(self, player: str, deed: Deed) -> None:
        """Have a deed done."""
        async with self._visit() as bus:
            match deed:
                case SetPercent(percent):
                    volume = self._dbus.Variant("d", percent / 100)
                    body = (PLAYER, "Volume", volume)
                    await self._call(bus, player, Call(PROPERTIES, "Set", "ssv", body))
                case Start(kind="station", source=uri):
                    await self._call(bus, player, Call(PLAYER, "OpenUri", "s", (uri,)))
                    await self._call(bus, player, Call(PLAYER, "Play"))
                case Start(source=playlist):
                    await self._activate(bus, player, playlist)
                case _:
                    await self._call(bus, player, Call(PLAYER, type(deed).__name__))

    async def _look(self, bus: Any, name: str) -> Look | None:  # noqa: ANN401 - lazily imported
        try:
            async with asyncio.timeout(PLAYER_S):
                (owner,) = await self._call(
                    bus, BUS, Call(BUS, "GetNameOwner", "s", (name,)), path="/"
                )
                (found,) = await self._call(bus, owner, Call(PROPERTIES, "GetAll", "s", (PLAYER,)))
        except (TimeoutError, PlayerError):
            return None  # it hangs, or has just gone
        return look_of(name, owner, {key: variant.value for key, variant in found.items()})

    async def _activate(self, bus: Any, player: str, playlist: str) -> None:  # noqa: ANN401
        wanted = spoken_words(playlist)
        listing = Call(
            PLAYLISTS, "GetPlaylists", "uusb", (0, MOST_PLAYLISTS, "Alphabetical", False)
        )
        (found,) = await self._call(bus, player, listing)
        for path, name, _icon in found:
            if spoken_words(name) == wanted:
                await self._call(bus, player, Call(PLAYLISTS, "ActivatePlaylist", "o", (path,)))
                return
        raise PlayerError(f"the player has no playlist {playlist!r}", is_away=False)

    async def _call(self, bus: Any, to: str, call: Call, *, path: str = PATH) -> list[Any]:  # noqa: ANN401
        message = self._dbus.Message(
            destination=to,
            path=path,
            interface=call.interface,
            member=call.member,
            signature=call.signature,
            body=list(call.body),
        )
        reply = await bus.call(message)
        if reply.message_type is self._dbus.MessageType.ERROR:
            name = reply.error_name.rpartition(".")[2]
            raise PlayerError(f"the player refused {call.member}: {name}", is_away=False)
        body: list[Any] = reply.body
        return body

    @asynccontextmanager
    async def _visit(self) -> AsyncIterator[Any]:
        bus = None
        try:
            bus = self._dbus.aio.MessageBus(bus_address=self._address)
            await bus.connect()
            yield bus
        except (OSError, EOFError, ValueError, self._dbus.AuthError) as error:
            problem = f"{self.label} cannot be reached: {str(error) or type(error).__name__}: "
            raise PlayerError(problem + "see docs/music.md, D-Bus", is_away=True) from error
        finally:
            if bus is not None and bus.connected:
                bus.disconnect()


def is_meant(bus_name: str, wanted: str) -> bool:
    """Tell whether the owner of `bus_name` is the wanted player."""
    if not bus_name.startswith(PREFIX):
        return False
    name = bus_name.removeprefix(PREFIX)
    if wanted == "any":
        return name.partition(".")[0] not in PROXIES
    return name == wanted or name.startswith(f"{wanted}.")


def look_of(bus_name: str, owner: str, found: Mapping[str, Any]) -> Look:
    """Read the properties of a player.

    Args:
        bus_name: Under which it is known.
        owner: Its connection's own name, which is never given twice.
        found: Of `org.mpris.MediaPlayer2.Player`; what is missing or of another type is
            taken for not known, as players go their own ways.
    """
    metadata = {
        key: getattr(value, "value", value)
        for key, value in _as(dict, found.get("Metadata"), {}).items()
    }
    volume = found.get("Volume")
    can_control = found.get("CanControl") is not False
    return Look(
        name=bus_name.removeprefix(PREFIX).partition(".")[0],
        player=owner,
        status=_STATUS.get(str(found.get("PlaybackStatus")), "stopped"),
        percent=100 * max(0.0, volume) if isinstance(volume, float) else None,
        able=frozenset(
            deed for deed, key in _ABLE.items() if can_control and found.get(key) is not False
        ),
        title=_as(str, metadata.get("xesam:title"), ""),
        artist=", ".join(str(name) for name in _as(list, metadata.get("xesam:artist"), [])),
        album=_as(str, metadata.get("xesam:album"), ""),
        source=_as(str, metadata.get("xesam:url"), ""),
    )


def _as(kind: type, value: Any, default: Any) -> Any:  # noqa: ANN401 - what D-Bus may hold
    return value if isinstance(value, kind) else default
