"""A player that speaks MPRIS 2.2, as a program: `mpris_player.py ADDRESS NAME TRAITS`.

It plays nothing, and does with its state what the specification says of each method
(https://specifications.freedesktop.org/mpris-spec/2.2/Player_Interface.html). A hand on it
is a line of JSON on its standard input; it answers with one that says how it stands.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal

from dbus_fast import DBusError, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import (
    DBusBool,
    DBusDict,
    DBusDouble,
    DBusInt64,
    DBusObjectPath,
    DBusSignature,
    DBusStr,
    DBusUInt32,
)
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

PATH = "/org/mpris/MediaPlayer2"
READ = PropertyAccess.READ

Nothing = Annotated[None, DBusSignature("")]
Strings = Annotated[list[str], DBusSignature("as")]
Playlists = Annotated[list[tuple[str, str, str]], DBusSignature("a(oss)")]


@dataclass(slots=True)
class Traits:
    """How the player is made, and how it stands.

    Attributes:
        heeds: What it makes of a volume: sets it, takes it and ignores it, or refuses it
            as a read-only property.
    """

    status: str = "Stopped"
    volume: float = 1.0
    heeds: Literal["sets", "ignores", "refuses"] = "sets"
    can_control: bool = True
    can_pause: bool = True
    can_go_next: bool = True
    playlists: list[str] = field(default_factory=list)
    tracks: list[str] = field(default_factory=lambda: ["Solveig", "Anitra", "Aase"])
    track: int = 0
    opened: str = ""
    activated: str = ""


class Root(ServiceInterface):
    """`org.mpris.MediaPlayer2`."""

    def __init__(self) -> None:
        super().__init__("org.mpris.MediaPlayer2")

    @dbus_method()
    def Quit(self) -> Nothing:  # noqa: N802 - as the specification calls it, here and below
        """Do nothing: CanQuit is false."""

    @dbus_property(READ)
    def CanQuit(self) -> DBusBool:  # noqa: N802
        return False

    @dbus_property(READ)
    def Identity(self) -> DBusStr:  # noqa: N802
        return "A player of the tests"

    @dbus_property(READ)
    def SupportedUriSchemes(self) -> Strings:  # noqa: N802
        return ["https"]


class Player(ServiceInterface):
    """`org.mpris.MediaPlayer2.Player`."""

    def __init__(self, traits: Traits) -> None:
        super().__init__("org.mpris.MediaPlayer2.Player")
        self._traits = traits

    def change(self, changes: dict[str, Any]) -> None:
        """Let a hand change it; those who watch are told."""
        for name, value in changes.items():
            setattr(self._traits, name, value)
        self._tell()

    def _tell(self) -> None:
        self.emit_properties_changed(
            {
                "PlaybackStatus": self._traits.status,
                "Volume": self._traits.volume,
                "Metadata": self.Metadata,
            }
        )

    def _become(self, status: str) -> None:
        if self._traits.can_control and status != self._traits.status:
            self._traits.status = status
            self._tell()

    def _skip(self, tracks: int) -> None:
        if not self._traits.can_control or not self._traits.can_go_next:
            return
        self._traits.track += tracks
        if not 0 <= self._traits.track < len(self._traits.tracks):
            self._traits.track = 0
            self._traits.status = "Stopped"
        self._tell()

    @dbus_method()
    def Play(self) -> Nothing:  # noqa: N802
        """Start or resume; without tracks nothing happens."""
        if self._traits.tracks:
            self._become("Playing")

    @dbus_method()
    def Pause(self) -> Nothing:  # noqa: N802
        """Pause; what is stopped stays so, and so does what cannot be paused."""
        if self._traits.can_pause and self._traits.status == "Playing":
            self._become("Paused")

    @dbus_method()
    def Stop(self) -> Nothing:  # noqa: N802
        """Stop."""
        self._become("Stopped")

    @dbus_method()
    def Next(self) -> Nothing:  # noqa: N802
        """Skip to the next track; paused stays paused."""
        self._skip(1)

    @dbus_method()
    def Previous(self) -> Nothing:  # noqa: N802
        """Skip to the previous track; paused stays paused."""
        self._skip(-1)

    @dbus_method()
    def OpenUri(self, uri: DBusStr) -> Nothing:  # noqa: N802
        """Open it; what is stopped starts, what is paused stays so."""
        if not uri.startswith("https:"):
            raise DBusError("org.freedesktop.DBus.Error.NotSupported", uri)
        self._traits.opened = uri
        self._traits.tracks, self._traits.track = ["Live"], 0
        if self._traits.status == "Stopped":
            self._become("Playing")
        self._tell()

    @dbus_signal()
    def Seeked(self) -> DBusInt64:  # noqa: N802
        return 0

    @dbus_property(READ)
    def PlaybackStatus(self) -> DBusStr:  # noqa: N802
        return self._traits.status

    @dbus_property(READ)
    def Metadata(self) -> DBusDict:  # noqa: N802
        track = f"{PATH}/track/{self._traits.track}"
        found = {"mpris:trackid": Variant("o", track)}
        if self._traits.tracks:
            found["xesam:title"] = Variant("s", self._traits.tracks[self._traits.track])
            found["xesam:artist"] = Variant("as", ["Grieg", "Myna"])
            found["xesam:url"] = Variant("s", self._traits.opened)
        return found

    @dbus_property()
    def Volume(self) -> DBusDouble:  # noqa: N802
        return self._traits.volume

    @Volume.setter  # type: ignore[no-redef]
    def Volume(self, volume: DBusDouble) -> None:  # noqa: N802
        if self._traits.heeds == "refuses":
            raise DBusError("org.freedesktop.DBus.Error.PropertyReadOnly", "Volume")
        if self._traits.heeds == "sets":
            self._traits.volume = max(0.0, volume)
            self._tell()

    @dbus_property(READ)
    def CanPlay(self) -> DBusBool:  # noqa: N802
        return self._traits.can_control

    @dbus_property(READ)
    def CanPause(self) -> DBusBool:  # noqa: N802
        return self._traits.can_control and self._traits.can_pause

    @dbus_property(READ)
    def CanGoNext(self) -> DBusBool:  # noqa: N802
        return self._traits.can_control and self._traits.can_go_next

    @dbus_property(READ)
    def CanGoPrevious(self) -> DBusBool:  # noqa: N802
        return self._traits.can_control and self._traits.can_go_next

    @dbus_property(READ)
    def CanControl(self) -> DBusBool:  # noqa: N802
        return self._traits.can_control


class PlaylistsOf(ServiceInterface):
    """`org.mpris.MediaPlayer2.Playlists`."""

    def __init__(self, traits: Traits) -> None:
        super().__init__("org.mpris.MediaPlayer2.Playlists")
        self._traits = traits

    @dbus_method()
    def GetPlaylists(  # noqa: N802
        self, index: DBusUInt32, most: DBusUInt32, order: DBusStr, reverse: DBusBool
    ) -> Playlists:
        assert (order, reverse) == ("Alphabetical", False)
        names = sorted(self._traits.playlists)[index : index + most]
        return [(f"{PATH}/playlist/{n}", name, "") for n, name in enumerate(names)]

    @dbus_method()
    def ActivatePlaylist(self, playlist: DBusObjectPath) -> Nothing:  # noqa: N802
        """Start to play it."""
        self._traits.activated = sorted(self._traits.playlists)[int(playlist.rpartition("/")[2])]
        self._traits.status = "Playing"


async def play(address: str, name: str, traits: Traits) -> None:
    """Be the player until the standard input ends."""
    bus = await MessageBus(bus_address=address).connect()
    player = Player(traits)
    for interface in (Root(), player, *([PlaylistsOf(traits)] if traits.playlists else [])):
        bus.export(PATH, interface)
    await bus.request_name(f"org.mpris.MediaPlayer2.{name}")
    print("ready", flush=True)  # noqa: T201
    hands = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(hands), sys.stdin)
    async for line in hands:
        player.change(json.loads(line))
        print(json.dumps(asdict(traits)), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(play(sys.argv[1], sys.argv[2], Traits(**json.loads(sys.argv[3]))))
