"""Switching the machine off."""

from __future__ import annotations

import asyncio
import os
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Sequence
from typing import Final

POWER_OFF: Final = ("systemctl", "poweroff")
"""logind asks polkit whether this user may (org.freedesktop.login1(5), PowerOff)."""

LIMIT_S: Final = 20.0


async def power_off(command: Sequence[str] = POWER_OFF) -> str | None:
    """Shut the machine down in good order; return why it was not done, or None.

    It returns before the machine is off: whoever asked is stopped like all services.
    """
    # Not a pipe: that would have to be waited for, whoever else still holds it.
    with os.fdopen(os.memfd_create("said"), "w+b") as said:
        try:
            child = await asyncio.create_subprocess_exec(
                *command, stdin=DEVNULL, stdout=DEVNULL, stderr=said
            )
        except OSError as error:
            return f"`{command[0]}` does not start: {error.strerror}"
        if not await _ends(child):
            return f"`{' '.join(command)}` did not answer within {LIMIT_S:g} s"
        if child.returncode == 0:
            return None
        said.seek(0)
        words = said.read().decode(errors="replace").strip().splitlines()
    return f"`{' '.join(command)}` refused: {words[-1] if words else child.returncode}"


async def _ends(child: Process) -> bool:
    """Wait until `child` has ended; end it when that takes too long, or is not waited for."""
    try:
        async with asyncio.timeout(LIMIT_S):
            await child.wait()
    except TimeoutError:
        return False
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return True
