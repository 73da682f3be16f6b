"""Scenes to look at, and what an eye makes of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import time
from itertools import pairwise
from typing import Final

from hypothesis import strategies as st

from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Pattern
from myna_hardware.lights.colours import Colours, look_of
from myna_hardware.lights.drawing import draw
from myna_hardware.lights.painter import Clocks
from myna_hardware.lights.scene import Canvas, Scene

STEP_S: Final = 0.02
WATCHED_S: Final = 10.0
PLAIN: Final = Canvas(count=1, has_colour=False)
"""One LED without colour."""

scenes = st.builds(
    Scene,
    pattern=st.none() | st.sampled_from(Pattern),
    is_microphone_on=st.booleans(),
    is_camera_on=st.booleans(),
    volume=st.none() | st.integers(0, 100),
)
canvases = st.just(PLAIN) | st.builds(Canvas, count=st.integers(1, 64))
levels = st.none() | st.floats(allow_nan=True, allow_infinity=True)
seconds = st.floats(0, 1e6)


def watched(scene: Scene, canvas: Canvas = PLAIN, level: float | None = None) -> list[float]:
    """Return how bright the first pixel looks, every 20 ms for ten seconds."""
    times_s = [step * STEP_S for step in range(int(WATCHED_S / STEP_S))]
    return [max(draw(scene, at_s, level, canvas).colours[0]) for at_s in times_s]


def rises(brightness: list[float]) -> list[int]:
    """Return where a flash begins: the light climbs through the middle of its range."""
    middle = (min(brightness) + max(brightness)) / 2
    return [
        at for at, (before, after) in enumerate(pairwise(brightness), 1) if before < middle <= after
    ]


def impression(brightness: list[float]) -> tuple[float, ...]:
    """Return what an eye notices in a rhythm, each on a scale where 1 is a clear step.

    How often it flashes, how bright it is on the whole, how far it swings, how suddenly,
    whether its flashes come in groups, whether they come faster and faster, and whether it
    ever goes dark.
    """
    steps = [abs(after - before) for before, after in pairwise(brightness)]
    flashes = rises(brightness)
    gaps = [after - before for before, after in pairwise(flashes)]
    grouping = max(gaps) / min(gaps) if gaps else 1.0
    return (
        math.log2(1 + 4 * len(flashes) / WATCHED_S),
        4 * sum(brightness) / len(brightness),
        2 * (max(brightness) - min(brightness)),
        2 * max(steps),
        math.log2(grouping),
        math.log2(_quickening(gaps)),
        float(min(brightness) == 0),
    )


def _quickening(gaps: list[int]) -> float:
    """Return how much longer the earlier pauses are than the later ones."""
    half = len(gaps) // 2
    if not half:
        return 1.0
    return (sum(gaps[:half]) / half) / (sum(gaps[-half:]) / half)


class HandClock:
    """A clock that a test sets."""

    def __init__(self, now_s: float = 0.0, local: time = time(12)) -> None:
        self.now_s = now_s
        self.local = local

    @property
    def clocks(self) -> Clocks:
        """The clock, as lights take it."""
        return Clocks(lambda: self.now_s, lambda: self.local)


class Paper:
    """Pixels that remember what was drawn, and tear when told to.

    Attributes:
        drawings: What was drawn, in order.
        fault: What the next drawing raises.
        on_close: Called when it is closed.
    """

    def __init__(self, canvas: Canvas = PLAIN) -> None:
        self.canvas = canvas
        self.drawings: list[tuple[Colours, Scene]] = []
        self.fault: HardwareError | None = None
        self.is_closed = False
        self.on_close: Callable[[], None] = lambda: None

    @property
    def brightness(self) -> float:
        """How bright the first pixel looks now."""
        return max(look_of(self.drawings[-1][0][0]))

    def show(self, colours: Colours, scene: Scene) -> None:
        """Draw.

        Raises:
            HardwareError: The fault that was set.
        """
        if self.fault is not None:
            raise self.fault
        self.drawings.append((colours, scene))

    def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True
        self.on_close()
