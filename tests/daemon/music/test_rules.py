from __future__ import annotations

from myna.config import Config
from myna.music.settings import MusicSettings
from myna.rules import check_music


def test_check_music_wants_one_name_each_and_an_address_for_a_station() -> None:
    music = MusicSettings(
        stations={"Radio One": "https://x/1", "two": "two", "three": "http://x/\n"},
        playlists={"radio_one": "One", "good": "Good mood", "bad": " "},
    )
    address = "must be an address, like https://example.org/radio.mp3"
    assert [str(problem) for problem in check_music(Config(music=music))] == [
        f"music.stations.two: {address}",
        "music.stations.three: must be one line of text",
        (
            "music.playlists.radio_one: music.stations.Radio One is called so too: "
            "give one another name"
        ),
        "music.playlists.bad: must be one line of text",
    ]
