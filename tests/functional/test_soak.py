"""The whole daemon in a process of its own, talked to for a while: nothing is left behind."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Final

from bench.soak import figures
from bench.soaking import soak
from myna.conversation.events import SayAsked
from myna.line.life import Life
from myna.simulator.script import Script
from support.scene import scene, turn
from support.turns import BEEP

TURNS: Final = 16
SPEED: Final = 8.0
GENEROUS_MIB_PER_HOUR: Final = 400.0
"""In so short a run; what is judged by the hour is for tests/bench/soak.py."""


async def test_daemon_is_as_small_after_many_turns_as_before(tmp_path: Path) -> None:
    found = await soak(TURNS, SPEED, tmp_path)
    assert found.turns == TURNS
    missed = [str(figure) for figure in figures(found, GENEROUS_MIB_PER_HOUR) if not figure.is_met]
    assert missed == [], found.log[-4000:]


async def test_conversations_that_are_over_are_forgotten(tmp_path: Path) -> None:
    before = lives()
    script = Script(turns=(turn(BEEP, on="text"),), at_end="repeat")
    async with scene(tmp_path, script=script) as on:
        for number in range(1, 6):
            on.app.assistant.post(SayAsked("Dinner is ready."))
            await on.log.wait_state("idle", number)
        assert lives() - before <= 2, "the last one, and the one before that"


def lives() -> int:
    gc.collect()
    return sum(isinstance(each, Life) for each in gc.get_objects())
