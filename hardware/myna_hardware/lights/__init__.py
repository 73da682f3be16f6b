"""Lights: LEDs on GPIO, pixels on SPI, a row in the terminal, a simulated twin, or none.

Each driver is a row of pixels (`pixels.py`); what they show, and when, is the same code
for all of them (`drawn.py`), from pure functions (`drawing.py`, `dimming.py`).
"""

from __future__ import annotations

from myna_hardware.interfaces import Lights
from myna_hardware.lights.none import NoLights
from myna_hardware.settings import LightsSettings

__all__ = ["open_lights"]


def open_lights(settings: LightsSettings) -> Lights:
    """Open the lights that `settings` names.

    Raises:
        HardwareError: A pin or bus is not given, is in use, or is not there.
    """
    match settings.driver:
        case "none":
            return NoLights()
        case "simulated":
            from myna_hardware.lights.simulated import SimulatedLights

            return SimulatedLights(settings)
        case _:
            from myna_hardware.lights.drawn import DrawnLights
            from myna_hardware.lights.rows import opener_for

            return DrawnLights(opener_for(settings), settings)
