"""The tool that tells the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from myna.tools.tool import Result, Tool


def clock_tools(now: Callable[[], datetime]) -> list[Tool]:
    """Return `get_time`.

    Args:
        now: The local time, with its zone.
    """

    async def get_time() -> Result:
        """Tell the local time and date. Call it for every question about now or today."""
        return spoken_time(now())

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
