"""The tools for how loud the speaker is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from myna.tools.tool import Result, Tool
from myna_hardware.settings import Percent


class Volume(Protocol):
    """How loud replies are; called in the event loop, never blocks."""

    @property
    def percent(self) -> int:
        """0 is silent, 100 as loud as it goes."""
        ...

    def set_percent(self, percent: int) -> None:
        """Set it, from the next period on."""
        ...


def volume_tools(volume: Volume) -> list[Tool]:
    """Return `set_volume` and `get_volume`."""

    async def set_volume(percent: Percent) -> Result:
        """Set how loud you speak. For "louder" or "quieter" ask get_volume first.

        Args:
            percent: 0 is silent, 100 is as loud as it goes.
        """
        volume.set_percent(percent)
        return {"percent": volume.percent}

    async def get_volume() -> Result:
        """Tell how loud you speak now, from 0 to 100."""
        return {"percent": volume.percent}

    def stands(told: Mapping[str, object]) -> bool:
        return told["percent"] == volume.percent

    return [
        Tool.from_function(set_volume, stands=stands),
        Tool.from_function(get_volume, is_reading=True),
    ]
