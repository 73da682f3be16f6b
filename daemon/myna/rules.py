"""What the body, the session and the sound demand of a configuration, as checks.

PURE. The rules themselves live where they are understood; here they become Problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from myna.config import Config
from myna.config.checks import Check
from myna.errors import Problem
from myna.live.endpoint import check_endpoint
from myna.music.player import pieces_of
from myna.spoken import spoken_words
from myna_hardware.night import parse_night
from myna_hardware.pins import (
    contradictions,
    is_spi_name,
    missing_settings,
    pin_conflicts,
)


def check_pins(config: Config) -> Iterator[Problem]:
    """Every pin has one user."""
    for conflict in pin_conflicts(config.body):
        yield Problem(conflict.keys[-1], str(conflict))


def check_devices(config: Config) -> Iterator[Problem]:
    """Every driver has what it needs to open its device, and no contradiction."""
    for key, text in (*missing_settings(config.body), *contradictions(config.body)):
        yield Problem(key, text)


def check_spi(config: Config) -> Iterator[Problem]:
    """The bus of the lights is one."""
    if not is_spi_name(config.lights.spi):
        yield Problem("lights.spi", f'{config.lights.spi!r} is not a bus and a device, like "0.0"')


def check_live_endpoint(config: Config) -> Iterator[Problem]:
    """The endpoint is one that a key may be sent to."""
    problem = check_endpoint(config.live.endpoint)
    if problem is not None:
        yield Problem("live.endpoint", problem)


def check_nights(config: Config) -> Iterator[Problem]:
    """Quiet and dim hours are hours."""
    for key, hours in (("audio.night", config.audio.night), ("lights.night", config.lights.night)):
        if hours is not None:
            try:
                parse_night(hours)
            except ValueError as error:
                yield Problem(key, str(error))


def check_music(config: Config) -> Iterator[Problem]:
    """What can be played has one name, and an address that is one word."""
    named: dict[str, str] = {}
    for piece in pieces_of(config.music):
        key = f"music.{piece.kind}s.{piece.name}"
        words = spoken_words(piece.name)
        if words in named:
            yield Problem(key, f"{named[words]} is called so too: give one another name")
        named[words] = key
        if not piece.source.isprintable() or not piece.source.strip():
            yield Problem(key, "must be one line of text")
        if piece.kind == "station" and (":" not in piece.source or " " in piece.source):
            yield Problem(key, "must be an address, like https://example.org/radio.mp3")


RULES: Final[tuple[Check, ...]] = (
    check_pins,
    check_devices,
    check_spi,
    check_live_endpoint,
    check_nights,
    check_music,
)
