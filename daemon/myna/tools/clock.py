"""The tool that tells the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from myna.tools.tool import Result, Tool

CLOCK_NOTE: Final = (
    "The clock of this speaker is not synchronised and may be wrong. Tell the user so."
)


def clock_tools(now: Callable[[], datetime], is_sure: Callable[[], bool]) -> list[Tool]:
    """Return `get_time`.

    Args:
        now: The local time, with its zone.
        is_sure: Whether that is known to be right.
    """

    async def get_time() -> Result:
        """Tell the local time and date. Call it for every question about now or today."""
        return {**spoken_time(now()), **({} if is_sure() else {"clock": CLOCK_NOTE})}

    return [Tool.from_function(get_time, is_reading=True)]


def spoken_time(moment: datetime) -> dict[str, object]:
    """Return `moment` in words that can be said as they are."""
    offset = f"{moment:%z}"
    return {
        "time": f"{moment:%H:%M}",
        "weekday": f"{moment:%A}",
        "date": f"{moment.day} {moment:%B} {moment.year}",
        "zone": f"{moment:%Z} (UTC{offset[:3]}:{offset[3:]})",
    }
