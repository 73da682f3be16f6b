"""What can be seen of a music player, and what it can be asked.

PURE. A driver has two verbs, `look` and `act`; all else is data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from myna.music.settings import MusicSettings


@dataclass(frozen=True, slots=True)
class Play:
    """Go on with what was played last."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Halt, so that it can go on."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Halt, for what cannot be paused."""


@dataclass(frozen=True, slots=True)
class Next:
    """Go to the next piece."""


@dataclass(frozen=True, slots=True)
class Previous:
    """Go to the one before."""


@dataclass(frozen=True, slots=True)
class SetPercent:
    """Set the player's own volume: 0 is silent, 100 as loud as it goes."""

    percent: float


@dataclass(frozen=True, slots=True)
class Start:
    """Play something of the configuration, instead of what is played.

    Attributes:
        kind: What `source` is.
        name: What people call it.
        source: A station's URL, or the playlist's name in the player.
    """

    kind: Literal["station", "playlist"]
    name: str
    source: str


Deed: TypeAlias = Play | Pause | Stop | Next | Previous | SetPercent | Start

EVERYTHING: Final[frozenset[type]] = frozenset(
    {Play, Pause, Stop, Next, Previous, SetPercent, Start}
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a player stands.

    Attributes:
        name: For a person, the same after its restart.
        player: Names this very player, until it ends.
        status: What it does.
        percent: Its own volume; None where it has none.
        able: Which deeds it would do.
        title: Of the piece; empty where it is not known, as are the next two.
        artist: Whose it is.
        album: From which record.
        source: The piece's address; not for any ear, it may hold a password.
    """

    name: str
    player: str
    status: Literal["playing", "paused", "stopped"]
    percent: float | None = None
    able: frozenset[type] = EVERYTHING
    title: str = ""
    artist: str = ""
    album: str = ""
    source: str = ""

    @property
    def is_playing(self) -> bool:
        """Whether it can be heard."""
        return self.status == "playing"


def pieces_of(settings: MusicSettings) -> list[Start]:
    """Return what can be played by its name."""
    stations = [Start("station", name, url) for name, url in settings.stations.items()]
    return stations + [Start("playlist", name, own) for name, own in settings.playlists.items()]


def possible(look: Look, deed: Deed) -> Deed | None:
    """Return what comes nearest to `deed` among that which the player is able to do now."""
    if isinstance(deed, SetPercent) and look.percent is None:
        return None
    if isinstance(deed, Pause) and Pause not in look.able:
        deed = Stop()
    return deed if type(deed) in look.able else None


class Player(Protocol):
    """A driver; lives in the event loop.

    It connects for each call and keeps nothing open: a call that is cancelled, or whose
    other side hangs or dies, leaves nothing behind that the next one could meet. (MPD is
    a millisecond away; measured with its Debian package.)
    """

    @property
    def label(self) -> str:
        """Which one, and where, for a person."""
        ...

    async def look(self) -> Sequence[Look]:
        """Return the players that are there, one that plays before those that do not.

        Raises:
            PlayerError: They cannot be reached.
        """
        ...

    async def act(self, player: str, deed: Deed) -> None:
        """Have a deed done.

        Args:
            player: `Look.player`.
            deed: One that it is able to do.

        Raises:
            PlayerError: It cannot be reached, or refuses.
        """
        ...
