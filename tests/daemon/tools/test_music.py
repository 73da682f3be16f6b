from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from myna.errors import PlayerError
from myna.music.player import Deed, Look, Next, Pause, Play, Previous, SetPercent, Start
from myna.tools.music import LONGEST_TEXT, SAME_WISH_S, choices, music_tools
from myna.tools.registry import Registry

ONE = Start("station", "Radio_One", "https://user:secret@example.org/one")
JAZZ = Start("playlist", "jazz", "Jazz")


class Box:
    """A player that does nothing, and what it was asked."""

    def __init__(self) -> None:
        self.stands: Look | None = Look("mpd", "mpd", "playing", 80.4, title="Solveig")
        self.trouble: PlayerError | None = None
        self.asked: list[Deed] = []
        self.now_s = 0.0

    async def look(self) -> Look | None:
        if self.trouble is not None:
            raise self.trouble
        return self.stands

    async def act(self, deed: Deed) -> Look:
        if self.trouble is not None:
            raise self.trouble
        self.asked.append(deed)
        assert self.stands is not None
        return self.stands


@pytest.fixture
def box() -> Box:
    return Box()


async def call(
    box: Box, registry: Registry, name: str, **arguments: object
) -> Mapping[str, object]:
    return (await registry.call(name, arguments)).response


def registry_of(box: Box) -> Registry:
    return Registry(music_tools(box, [ONE, JAZZ], lambda: box.now_s), clock=lambda: box.now_s)


@pytest.mark.parametrize(
    ("name", "arguments", "deed"),
    [
        ("music_play", {}, Play()),
        ("music_play", {"what": ""}, Play()),
        ("music_play", {"what": "radio one"}, ONE),
        ("music_play", {"what": "JAZZ"}, JAZZ),
        ("music_pause", {}, Pause()),
        ("music_next", {}, Next()),
        ("music_previous", {}, Previous()),
        ("set_music_volume", {"percent": 30}, SetPercent(30)),
    ],
)
async def test_tools_do_and_tell(
    box: Box, name: str, arguments: dict[str, object], deed: Deed
) -> None:
    told = await call(box, registry_of(box), name, **arguments)
    assert box.asked == [deed]
    facts = {"status": "playing", "title": "Solveig", "percent": 80, "player": "mpd"}
    assert told == {"output": facts}


async def test_now_playing_tells_the_station_and_never_its_address(box: Box) -> None:
    assert box.stands is not None
    box.stands = replace(box.stands, source=ONE.source, title="x" * 5000)
    told = await call(box, registry_of(box), "now_playing")
    assert told["output"] == {
        "status": "playing",
        "station": "Radio_One",
        "title": "x" * LONGEST_TEXT,
        "percent": 80,
        "player": "mpd",
    }
    box.stands = None
    told = await call(box, registry_of(box), "now_playing")
    assert told == {"output": {"status": "stopped", "note": "No music player is running."}}


@pytest.mark.parametrize("what", ["https://example.org/one", "file:///etc/passwd", "../x", "rock"])
async def test_what_has_no_name_in_the_configuration_is_never_played(box: Box, what: str) -> None:
    told = await call(box, registry_of(box), "music_play", what=what)
    assert choices([ONE, JAZZ]) in str(told["error"])
    assert box.asked == []


async def test_player_that_plays_nothing_leads_to_the_choices(box: Box) -> None:
    assert box.stands is not None
    box.stands = replace(box.stands, status="stopped")
    told = await call(box, registry_of(box), "music_play")
    assert told == {
        "error": "The player plays nothing. "
        "What can be played by name: Radio_One (station); jazz (playlist)."
    }
    assert choices([]).startswith("Nothing can be played by name")


@pytest.mark.parametrize("name", ["music_pause", "now_playing"])
async def test_trouble_is_told(box: Box, name: str) -> None:
    box.trouble = PlayerError("MPD at x does not answer", is_away=True)
    told = await call(box, registry_of(box), name)
    assert told == {"error": "MPD at x does not answer. Tell the user so"}


async def test_a_call_that_comes_twice_is_one_wish_and_later_it_is_another(box: Box) -> None:
    registry = registry_of(box)
    await call(box, registry, "music_next")
    box.now_s += SAME_WISH_S / 2
    await call(box, registry, "music_next")
    assert box.asked == [Next()]
    box.now_s += SAME_WISH_S
    await call(box, registry, "music_next")
    assert box.asked == [Next(), Next()]


async def test_pause_play_pause_in_a_breath_are_three_wishes(box: Box) -> None:
    registry = registry_of(box)
    for name in ("music_pause", "music_play", "music_pause"):
        await call(box, registry, name)
    assert box.asked == [Pause(), Play(), Pause()]
