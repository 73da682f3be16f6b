"""The whole daemon in a process of its own, talked to for a while: nothing is left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bench.soak import figures
from bench.soaking import soak

TURNS: Final = 16
SPEED: Final = 8.0
GENEROUS_MIB_PER_HOUR: Final = 400.0
"""In so short a run; what is judged by the hour is for tests/bench/soak.py."""


async def test_daemon_is_as_small_after_many_turns_as_before(tmp_path: Path) -> None:
    found = await soak(TURNS, SPEED, tmp_path)
    assert found.turns == TURNS
    missed = [str(figure) for figure in figures(found, GENEROUS_MIB_PER_HOUR) if not figure.is_met]
    assert missed == [], found.log[-4000:]
