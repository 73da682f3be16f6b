"""What only a fresh start cures, noticed when it is there to be had.

systemd hands keys over at a start, and the kernel a process's groups: a key that was put in
place, or a group that the service was added to, is out of reach until then. Nobody should
have to know: the speaker looks, and when nobody talks to it, it leaves to be started anew.
"""

from __future__ import annotations

import asyncio
import os
import pwd
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeAlias

LOOK_S: Final = 5.0

SECRETS: Final = (
    Path("/etc/myna/api-key"),
    Path("/etc/myna/credentials"),
    Path("/etc/myna/credentials.encrypted"),
)
"""Where the unit's credentials come from. They cannot be read from here, but their times can;
that of a folder changes with every file that is put into it."""

Look: TypeAlias = tuple[object, ...]


def look_around(paths: tuple[Path, ...] = SECRETS) -> Look:
    """Return something that is another thing when keys or groups have changed."""
    return (*map(_changed_at, paths), frozenset(_groups()))


async def until_renewed(
    look: Callable[[], Awaitable[Look]],
    until_at_rest: Callable[[], Awaitable[object]],
    look_s: float = LOOK_S,
) -> None:
    """Wait until something has changed since now, and is not just being written, and nobody talks.

    Args:
        look: Says how things are.
        until_at_rest: Waits until nobody talks.
        look_s: How often to look.
    """
    begin = last = await look()
    while True:
        await asyncio.sleep(look_s)
        before, last = last, await look()
        if before == last != begin:
            await until_at_rest()
            return


def _changed_at(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _groups() -> list[int]:
    """Return the groups that a fresh start would be in."""
    try:
        user = pwd.getpwuid(os.geteuid())
    except KeyError:
        return []
    return os.getgrouplist(user.pw_name, user.pw_gid)
