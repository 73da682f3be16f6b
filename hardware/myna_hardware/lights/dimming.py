"""From how pixels should look to the light they give; pure.

Brightness is what the eye finds: 50 looks half as bright as 100 and is a fifth of the
light (`colours.GAMMA`). Without that a night at 15 % would still look like 40 %.
"""

from __future__ import annotations

from typing import Final

from myna_hardware.interfaces import Pattern
from myna_hardware.lights.colours import Colour, Colours, light_of, scaled
from myna_hardware.lights.drawing import truthful
from myna_hardware.lights.scene import Scene

FLOOR: Final = 0.02
"""The least light of what must not lie. gpiozero's lgpio dims in whole percents and cuts
off the rest, so that less than 1 % might be dark; 2 % is seen across a dim room."""

LEAST_BRIGHTNESS: Final = 0.25
"""How bright what must not lie is at least: three times the floor in light, so that its
rhythm is still seen at night."""


def dimmed(colours: Colours, scene: Scene, brightness: float) -> Colours:
    """Return how much light each pixel gives, 0 to 1.

    Args:
        colours: How they should look at full brightness.
        scene: What they show; tells which of them stay lit.
        brightness: 0 to 1; at 0 all is dark but for muted, microphone and camera.
    """
    lit = _kept(scene, len(colours))
    return tuple(
        _kept_light(colour, brightness) if at in lit else light_of(scaled(colour, brightness))
        for at, colour in enumerate(colours)
    )


def _kept(scene: Scene, count: int) -> frozenset[int]:
    """Return which pixels say something that must be seen."""
    if truthful(scene).pattern is Pattern.MUTED:
        return frozenset(range(count))
    ends = {0: scene.is_microphone_on, count - 1: scene.is_camera_on}
    if count == 1:
        ends = {0: scene.is_microphone_on or scene.is_camera_on}
    return frozenset(at for at, is_kept in ends.items() if is_kept)


def _kept_light(colour: Colour, brightness: float) -> Colour:
    light = light_of(scaled(colour, max(brightness, LEAST_BRIGHTNESS)))
    return scaled(light, max(1.0, FLOOR / max(light)))
