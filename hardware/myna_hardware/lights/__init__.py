"""Lights: LEDs on GPIO, a line in the terminal, a simulated twin, or none."""

from __future__ import annotations

from myna_hardware.errors import HardwareError
from myna_hardware.gpio import real_pins
from myna_hardware.interfaces import Lights
from myna_hardware.lights.leds import LedLights
from myna_hardware.lights.none import NoLights
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.lights.terminal import TerminalLights
from myna_hardware.settings import LightsSettings

__all__ = ["open_lights"]


def open_lights(settings: LightsSettings) -> Lights:
    """Open the lights that `settings` names.

    Raises:
        HardwareError: No pin is given, a pin is in use, or there are no GPIO pins.
    """
    match settings.driver:
        case "gpiozero":
            return LedLights(settings, real_pins("lights"))
        case "apa102" | "neopixel":
            raise HardwareError("lights", f"{settings.driver} is not built yet")
        case "terminal":
            return TerminalLights()
        case "simulated":
            return SimulatedLights(settings)
        case "none":
            return NoLights()
