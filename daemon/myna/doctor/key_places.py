"""Where the service has its key from, for a doctor who is called while the service is down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from myna.config import LiveSettings

FOLDER: Final = Path("/etc/myna")
PLAIN: Final = ("api-key", "credentials/api-key")
SEALED: Final = "credentials.encrypted/api-key"
"""As systemd/myna.service has it."""


def with_key_of_service(live: LiveSettings, folder: Path = FOLDER) -> LiveSettings:
    """Return `[live]` with the key that systemd would hand over, if there is one.

    What is closed to this user counts as not there: see `closed_place`.
    """
    if live.key_command is not None:
        return live
    plain, further = (folder / place for place in PLAIN)
    sealed = folder / SEALED
    if _holds(plain):
        return replace(live, key_file=plain)
    if _holds(sealed):
        name = f"--name=sealed_{sealed.name}"
        return replace(live, key_command=("systemd-creds", name, "decrypt", str(sealed), "-"))
    return replace(live, key_file=further) if _holds(further) else live


def closed_place(folder: Path = FOLDER) -> Path | None:
    """Return where a key of the service may be that this user cannot look into, if any is."""
    return next((place for place in _places(folder) if not os.access(place, os.R_OK)), None)


def _places(folder: Path) -> Iterator[Path]:
    """Yield the file, and the folders, that are there."""
    whole = (folder / PLAIN[0], *((folder / place).parent for place in (PLAIN[1], SEALED)))
    return (place for place in whole if place.exists())


def _holds(path: Path) -> bool:
    try:
        return os.access(path, os.R_OK) and path.stat().st_size > 0
    except OSError:
        return False
