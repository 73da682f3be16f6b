"""Colours as the eye finds them, and what that means for a lamp; pure."""

from __future__ import annotations

from typing import Final

Colour = tuple[float, float, float]
"""Red, green and blue, each 0 (dark) to 1 (full)."""

Colours = tuple[Colour, ...]
"""One for each pixel, in the order of the row."""

BLACK: Final[Colour] = (0.0, 0.0, 0.0)
WHITE: Final[Colour] = (1.0, 1.0, 1.0)
BLUE: Final[Colour] = (0.0, 0.3, 1.0)
CYAN: Final[Colour] = (0.0, 1.0, 0.8)
GREEN: Final[Colour] = (0.0, 1.0, 0.0)
MAGENTA: Final[Colour] = (1.0, 0.0, 0.6)
RED: Final[Colour] = (1.0, 0.0, 0.0)
YELLOW: Final[Colour] = (1.0, 0.6, 0.0)

GAMMA: Final = 2.2
"""How much faster the light of a lamp grows than what the eye makes of it: half as bright
to the eye is a fifth of the light. The exponent of sRGB screens (IEC 61966-2-1, about
2.2), so that a colour looks on a lamp as on a screen."""


def scaled(colour: Colour, share: float) -> Colour:
    """Return `colour` at `share` of its brightness."""
    red, green, blue = colour
    return red * share, green * share, blue * share


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return `share` of `one`, with `other` for the rest."""
    (r1, g1, b1), (r2, g2, b2) = scaled(one, share), scaled(other, 1 - share)
    return r1 + r2, g1 + g2, b1 + b2


def light_of(colour: Colour) -> Colour:
    """Return how much of its light a lamp has to give to look like `colour`."""
    red, green, blue = colour
    return red**GAMMA, green**GAMMA, blue**GAMMA


def look_of(light: Colour) -> Colour:
    """Return what such a lamp looks like: the inverse of `light_of`."""
    red, green, blue = light
    return red ** (1 / GAMMA), green ** (1 / GAMMA), blue ** (1 / GAMMA)


def steps_of(colour: Colour, steps: int) -> tuple[int, int, int]:
    """Return each part of `colour` in `steps`; what is not dark takes at least one."""
    red, green, blue = (round(part * steps) for part in colour)
    most = max(colour)
    if most <= LEAST_LIGHT or any((red, green, blue)):
        return red, green, blue
    return int(colour[0] == most), int(colour[1] == most), int(colour[2] == most)


LEAST_LIGHT: Final = 1e-4
"""Less than this is dark, however coarse the steps."""
