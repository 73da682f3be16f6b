"""Everything that can go wrong in a speaker, as tools of somebody who means no good.

To be put into a tools' folder; the tools are run by `myna call NAME`.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time

from myna.plugin import tool


def for_ever(*_words: object) -> None:
    """Never come back."""
    time.sleep(3600)


def _spoil(driver: type, *names: str) -> None:
    for name in names:
        setattr(driver, name, for_ever)


@tool(timeout_s=30)
def hang() -> dict[str, object]:
    """Hang in a thread that keeps the process from ending."""
    threading.Thread(target=for_ever, daemon=False).start()
    time.sleep(3600)
    return {}


@tool(timeout_s=30)
async def defy() -> dict[str, object]:
    """Go on though cancelled."""
    while True:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)


@tool(timeout_s=30)
async def block() -> dict[str, object]:
    """Block the event loop."""
    for_ever()
    return {}


@tool()
def deafen() -> dict[str, object]:
    """Let the microphone's driver hang."""
    from myna_hardware.microphone.file import FileMicrophone

    _spoil(FileMicrophone, "read", "close")
    return {}


@tool()
def silence() -> dict[str, object]:
    """Let the speaker's driver hang."""
    from myna_hardware.speaker.file import FileSpeaker

    _spoil(FileSpeaker, "write", "check", "close")
    return {}
