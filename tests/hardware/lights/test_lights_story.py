"""Random stories: whatever is called in whatever order, the lights that are on are lit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.interfaces import Pattern
from myna_hardware.lights import apa102, neopixel
from myna_hardware.lights.dimming import FLOOR
from myna_hardware.lights.painter import Painter
from myna_hardware.lights.scene import Canvas
from myna_hardware.settings import LightsSettings
from support.lights import HandClock, Paper
from support.strips import NEW_NS, Light, apa102_row, neopixel_row

SEEN = FLOOR * 0.999


@dataclass(frozen=True)
class Step:
    """One thing that happens.

    Attributes:
        kind: Which.
        value: What it takes.
    """

    kind: str
    value: object = None


STEPS = st.one_of(
    st.builds(Step, st.just("show"), st.sampled_from(Pattern)),
    st.builds(Step, st.just("level"), st.floats(0, 1)),
    st.builds(Step, st.just("volume"), st.integers(0, 100)),
    st.builds(Step, st.just("microphone"), st.booleans()),
    st.builds(Step, st.just("camera"), st.booleans()),
    st.builds(Step, st.just("wait"), st.floats(0, 10)),
    st.builds(Step, st.just("time"), st.times()),
)
SETTINGS = st.builds(
    LightsSettings,
    brightness=st.integers(0, 100),
    night=st.none() | st.just("22:00-07:00"),
    night_brightness=st.integers(0, 100),
)


class Stage:
    """A painter, its clock, and what it should have been told."""

    def __init__(self, settings: LightsSettings, count: int) -> None:
        self.clock = HandClock()
        self.painter = Painter(settings, self.clock.clocks)
        self.paper = Paper(Canvas(count))
        self.is_microphone_on = False
        self.is_camera_on = False

    def take(self, step: Step) -> None:
        """Let it happen."""
        match step:
            case Step("show", Pattern() as pattern):
                self.painter.show(pattern)
            case Step("level", float(level)):
                self.painter.show_level(level)
            case Step("volume", int(percent)):
                self.painter.show_volume(percent)
            case Step("microphone", bool(is_on)):
                self.is_microphone_on = is_on
                self.painter.light(microphone=is_on)
            case Step("camera", bool(is_on)):
                self.is_camera_on = is_on
                self.painter.light(camera=is_on)
            case Step("wait", float(seconds)):
                self.clock.now_s += seconds
            case Step("time", time() as local):
                self.clock.local = local
        self.painter.draw(self.paper)


def through(
    stage: Stage, steps: list[Step], look: Callable[[tuple[Light, ...]], list[Light]]
) -> None:
    """Take every step, and look at the pixels after each."""
    for step in steps:
        stage.take(step)
        colours, scene = stage.paper.drawings[-1]
        pixels = look(colours)
        assert scene.is_microphone_on is stage.is_microphone_on
        assert scene.is_camera_on is stage.is_camera_on
        if stage.is_microphone_on:
            assert max(pixels[0]) >= SEEN * 0.98
        if stage.is_camera_on:
            assert max(pixels[-1]) >= SEEN * 0.98


@given(SETTINGS, st.integers(1, 12), st.lists(STEPS, min_size=1, max_size=20))
def test_lights_that_are_on_are_lit_on_apa102_pixels(
    settings: LightsSettings, count: int, steps: list[Step]
) -> None:
    through(Stage(settings, count), steps, lambda row: apa102_row(apa102.encode(row), count))


@given(SETTINGS, st.integers(1, 12), st.lists(STEPS, min_size=1, max_size=20))
def test_lights_that_are_on_are_lit_on_neopixels(
    settings: LightsSettings, count: int, steps: list[Step]
) -> None:
    through(
        Stage(settings, count),
        steps,
        lambda row: neopixel_row(neopixel.encode(row), neopixel.SPEED_HZ, NEW_NS),
    )
