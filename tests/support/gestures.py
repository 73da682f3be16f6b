"""Which gestures may follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from myna_hardware.interfaces import Gesture

LETTERS: Final = {
    Gesture.PRESS: "p",
    Gesture.DOUBLE: "d",
    Gesture.HOLD: "h",
    Gesture.COUNTDOWN: "c",
    Gesture.CANCEL: "x",
    Gesture.SHUTDOWN: "s",
    Gesture.TALK: "T",
    Gesture.OVER: "O",
}
PRESS_GRAMMAR: Final = re.compile(r"(pd?|h(c[xs])?)*(hc)?")
TALK_GRAMMAR: Final = re.compile(r"(TO)*T?")


def spell(gestures: Iterable[Gesture]) -> str:
    """Return the gestures as letters, for a grammar."""
    return "".join(LETTERS[gesture] for gesture in gestures)
