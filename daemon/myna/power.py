"""Switching the machine off."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

POWER_OFF: Final = ("systemctl", "poweroff")
"""logind asks polkit whether this user may (org.freedesktop.login1(5), PowerOff)."""

LIMIT_S: Final = 20.0


async def power_off(command: Sequence[str] = POWER_OFF) -> str | None:
    """Shut the machine down in good order; return why it was not done, or None.

    It returns before the machine is off: whoever asked is stopped like all services.
    """
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        return f"`{command[0]}` does not start: {error.strerror}"
    try:
        async with asyncio.timeout(LIMIT_S):
            _, said = await child.communicate()
    except TimeoutError:
        child.kill()
        await child.wait()
        return f"`{' '.join(command)}` did not answer within {LIMIT_S:g} s"
    if child.returncode == 0:
        return None
    words = said.decode(errors="replace").strip().splitlines()
    return f"`{' '.join(command)}` refused: {words[-1] if words else child.returncode}"
