"""The tools for the music that other programs of this machine play."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Annotated, Final, Protocol

from msgspec import Meta

from myna.errors import PlayerError, ToolError
from myna.music.player import Deed, Look, Next, Pause, Play, Previous, SetPercent, Start
from myna.spoken import spoken_words
from myna.tools.tool import Result, Tool
from myna_hardware.settings import Percent

SAME_WISH_S: Final = 3.0
"""A call that comes again within it is the model's repetition; "next" and "next" are two
wishes, and take longer to say."""

LONGEST_TEXT: Final = 200
"""Titles are anybody's text."""

What = Annotated[str, Meta(max_length=LONGEST_TEXT)]


class Music(Protocol):
    """The music; lives in the event loop."""

    async def look(self) -> Look | None:
        """Return how it stands when nobody talks; None where no player runs."""
        ...

    async def act(self, deed: Deed) -> Look:
        """Do a deed; return how it stands then, when nobody talks."""
        ...


def music_tools(
    music: Music, pieces: Sequence[Start], clock: Callable[[], float] = time.monotonic
) -> list[Tool]:
    """Return the tools.

    Args:
        music: Asked at each call; all of it raises `PlayerError`.
        pieces: What can be played by its name.
        clock: Monotonic, in seconds.
    """
    wishes = _Wishes(music, pieces, clock)
    stands = wishes.stands
    return [
        Tool.from_function(wishes.music_play, notes=choices(pieces), stands=stands),
        Tool.from_function(wishes.music_pause, stands=stands),
        Tool.from_function(wishes.music_next, stands=stands),
        Tool.from_function(wishes.music_previous, stands=stands),
        Tool.from_function(wishes.set_music_volume, stands=stands),
        Tool.from_function(wishes.now_playing, is_reading=True),
    ]


class _Wishes:
    """Each method is a tool, but for `stands`."""

    def __init__(self, music: Music, pieces: Sequence[Start], clock: Callable[[], float]) -> None:
        self._music = music
        self._pieces = pieces
        self._clock = clock
        self._latest: Result = {}
        self._latest_s = clock()

    def stands(self, result: Result) -> bool:
        """Tell whether it was the latest wish, a moment ago."""
        return result is self._latest and self._clock() - self._latest_s < SAME_WISH_S

    async def music_play(self, what: What | None = None) -> Result:
        """Play music: a station or a playlist, or go on with what was played last.

        While you talk it is kept quiet, or paused, and it comes back by itself afterwards.

        Args:
            what: Its name; without it, the music goes on.
        """
        deed = _named(self._pieces, what) if what else Play()
        return await self._do("music_play", deed)

    async def music_pause(self) -> Result:
        """Pause the music, or stop it; it stays so after the conversation."""
        return await self._do("music_pause", Pause())

    async def music_next(self) -> Result:
        """Skip to the next piece of music."""
        return await self._do("music_next", Next())

    async def music_previous(self) -> Result:
        """Go back to the piece of music before."""
        return await self._do("music_previous", Previous())

    async def set_music_volume(self, percent: Percent) -> Result:
        """Set how loud the music is, not how loud you speak. For "louder" ask now_playing first.

        Args:
            percent: 0 is silent, 100 is as loud as it goes.
        """
        return await self._do("set_music_volume", SetPercent(percent))

    async def now_playing(self) -> Result:
        """Tell what music is playing, and how loud it is when nobody talks."""
        try:
            look = await self._music.look()
        except PlayerError as error:
            raise _refused("now_playing", error) from error
        if look is None:
            return {"status": "stopped", "note": "No music player is running."}
        return told(look, self._pieces)

    async def _do(self, tool: str, deed: Deed) -> Result:
        try:
            look = await self._music.act(deed)
        except PlayerError as error:
            raise _refused(tool, error) from error
        if isinstance(deed, Play | Start) and not look.is_playing:
            raise ToolError(tool, f"The player plays nothing. {choices(self._pieces)}")
        self._latest, self._latest_s = told(look, self._pieces), self._clock()
        return self._latest


def told(look: Look, pieces: Sequence[Start]) -> dict[str, object]:
    """Return how a player stands, in words for the model; what is not known is left out."""
    station = next((one.name for one in pieces if one.source == look.source), "")
    percent = None if look.percent is None else round(look.percent)
    facts = {
        "status": look.status,
        "station": station,
        "title": look.title,
        "artist": look.artist,
        "album": look.album,
        "percent": percent,
        "player": look.name,
    }
    return {key: _cut(value) for key, value in facts.items() if value not in ("", None)}


def _cut(value: object) -> object:
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def _named(pieces: Sequence[Start], what: str) -> Start:
    words = spoken_words(what)
    for piece in pieces:
        if spoken_words(piece.name) == words:
            return piece
    raise ToolError("music_play", f"There is no music called {what!r}. {choices(pieces)}")


def choices(pieces: Sequence[Start]) -> str:
    """Return what can be played by name, in words for the model."""
    if not pieces:
        return "Nothing can be played by name: no stations or playlists are configured."
    names = "; ".join(f"{piece.name} ({piece.kind})" for piece in pieces)
    return f"What can be played by name: {names}."


def _refused(tool: str, error: PlayerError) -> ToolError:
    return ToolError(tool, f"{error}. Tell the user so")
