"""`[music]`: which player, what of it can be asked for by name, and what talking does to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, field

from myna_hardware.settings import Percent, Section


class MusicSettings(Section, frozen=True):
    """`[music]`."""

    driver: Literal["none", "mpd", "mpris"] = "none"
    host: str = "localhost"
    port: Annotated[int, Meta(ge=1, le=65535)] = 6600
    password_file: Path | None = None
    player: str = "any"
    bus: Literal["session", "system"] = "session"
    while_talking: Literal["duck", "pause", "nothing"] = "duck"
    duck_percent: Percent = 20
    stations: dict[str, str] = field(default_factory=dict)
    playlists: dict[str, str] = field(default_factory=dict)
