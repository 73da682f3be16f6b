"""MPD, by python-mpd2. The only file that imports it.

The protocol is that of https://mpd.readthedocs.io/en/latest/protocol.html. A connection
is opened for each call: MPD drops idle clients (`connection_timeout`, 60 s), and one that
waits in `idle` instead would wake this machine for every change that nobody asked about.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from myna.errors import PlayerError
from myna.music.player import (
    EVERYTHING,
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

NAME: Final = "mpd"

_STATUS: Final[Mapping[str, Any]] = {"play": "playing", "pause": "paused", "stop": "stopped"}

_WORDS: Final[Mapping[type, tuple[str, *tuple[int, ...]]]] = {
    Play: ("play",),
    Pause: ("pause", 1),
    Stop: ("stop",),
    Next: ("next",),
    Previous: ("previous",),
}

_REFUSED: Final = frozenset({3, 4})
"""ACK_ERROR_PASSWORD and ACK_ERROR_PERMISSION (MPD, src/protocol/Ack.hxx)."""

Client: TypeAlias = Any
"""`mpd.asyncio.MPDClient`, which has no types."""


class MpdPlayer:
    """A `Player`.

    Args:
        host: A name, an address, or the path of a socket.
        port: Of a host.
        password: Returns what MPD wants to hear, or None; asked for each call.

    Raises:
        PlayerError: python-mpd2 is not installed.
    """

    def __init__(self, host: str, port: int, password: Callable[[], str | None]) -> None:
        try:
            import mpd.asyncio
        except ImportError as error:
            problem = "python-mpd2 is missing: install it: sudo ./install.sh --with music"
            raise PlayerError(problem, is_away=True) from error
        self._mpd = mpd
        self._host = host
        self._port = port
        self._password = password

    @property
    def label(self) -> str:
        """Which one, and where, for a person."""
        return f"MPD at {self._host}" + ("" if "/" in self._host else f":{self._port}")

    async def look(self) -> Sequence[Look]:
        """Return the one player that an MPD is."""
        async with self._visit() as client:
            return [look_of(await client.status(), await client.currentsong())]

    async def act(self, player: str, deed: Deed) -> None:
        """Have a deed done."""
        async with self._visit() as client:
            match deed:
                case SetPercent(percent):
                    await client.setvol(round(percent))
                case Start():
                    await _start(client, deed)
                case _:
                    command, *arguments = _WORDS[type(deed)]
                    await getattr(client, command)(*arguments)

    @asynccontextmanager
    async def _visit(self) -> AsyncIterator[Client]:
        client = self._mpd.asyncio.MPDClient()
        try:
            await client.connect(self._host, self._port)
            password = self._password()
            if password is not None:
                await client.password(password)
            yield client
        except self._mpd.CommandError as error:
            raise self._refusal(error) from None  # its text may hold an address
        except (OSError, ValueError, self._mpd.MPDError) as error:
            problem = f"{self.label} cannot be reached: {str(error) or type(error).__name__}: "
            cure = "check music.host and `systemctl status mpd`"
            raise PlayerError(problem + cure, is_away=True) from error
        finally:
            client.disconnect()

    def _refusal(self, error: Any) -> PlayerError:  # noqa: ANN401 - a class without types
        if error.errno is not None and error.errno.value in _REFUSED:
            problem = f"{self.label} wants another password: see music.password_file"
            return PlayerError(problem, is_away=True)
        return PlayerError(f"MPD refused {error.command}: {error.msg}", is_away=False)


def look_of(status: Mapping[str, str], song: Mapping[str, Any]) -> Look:
    """Read the answers to `status` and `currentsong`."""
    # Without a mixer there is no volume (MPD 0.24), or it is -1 (before).
    percent = float(status.get("volume", -1))
    has_mixer = percent >= 0
    return Look(
        name=NAME,
        player=NAME,
        status=_STATUS[status["state"]],
        percent=percent if has_mixer else None,
        able=EVERYTHING,
        title=_text(song.get("title") or song.get("name")),
        artist=_text(song.get("artist")),
        album=_text(song.get("album")),
        source=_text(song.get("file")),
    )


def _text(tag: str | list[str] | None) -> str:
    """A tag that stands there several times is a list."""
    return ", ".join(tag) if isinstance(tag, list) else tag or ""


async def _start(client: Client, deed: Start) -> None:
    """Replace the queue, once it is certain that there is something to replace it with."""
    length = int((await client.status())["playlistlength"])
    if deed.kind == "station":
        await client.add(deed.source)
    else:
        await client.load(deed.source)
    await client.play(length)
    if length:
        await client.delete((0, length))
