"""Scripts for the simulated server, and what every complete turn ends with."""

from __future__ import annotations

from typing import Final

from myna.simulator.script import AnyAction, Script, Speech, Trigger, Turn
from myna.simulator.sounds import tone

BEEP: Final = Speech(tone(440, 0.2), "Beep.")
LONG: Final = Speech(tone(440, 30.0), "One. Two. Three.")
ENDING: Final = ("generationComplete", "turnComplete", "usageMetadata")


def one_turn(*actions: AnyAction, on: Trigger = "text") -> Script:
    """Return a script of one turn."""
    return Script(turns=(Turn(on=on, send=actions),))
