"""Knobs: a rotary encoder on GPIO, a simulated twin, or none."""

from __future__ import annotations

from myna_hardware.gpio import real_pins
from myna_hardware.interfaces import Knob
from myna_hardware.knob.encoder import EncoderKnob
from myna_hardware.knob.none import NoKnob
from myna_hardware.knob.simulated import SimulatedKnob
from myna_hardware.settings import KnobSettings

__all__ = ["open_knob"]


def open_knob(settings: KnobSettings) -> Knob:
    """Open the knob that `settings` names.

    Raises:
        HardwareError: A pin is missing or in use, or there are no GPIO pins.
    """
    match settings.driver:
        case "gpiozero":
            return EncoderKnob(settings, real_pins("knob"))
        case "simulated":
            return SimulatedKnob(settings)
        case "none":
            return NoKnob()
