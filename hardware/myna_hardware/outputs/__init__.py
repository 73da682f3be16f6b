"""Outputs: relays and lamps on GPIO, and the same on simulated pins."""

from __future__ import annotations

from collections.abc import Mapping

from myna_hardware.gpio import real_pins
from myna_hardware.interfaces import Outputs
from myna_hardware.outputs.safety import make_safe
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.outputs.switched import SwitchedOutputs
from myna_hardware.settings import OutputSettings

__all__ = ["make_safe", "open_outputs"]


def open_outputs(settings: Mapping[str, OutputSettings]) -> Outputs:
    """Open every output, each with its driver, at its initial level.

    Raises:
        HardwareError: A pin cannot be opened; then none stays open.
    """
    drivers = {output.driver for output in settings.values()}
    real = real_pins("outputs") if "gpiozero" in drivers else None
    if "simulated" in drivers:
        return SimulatedOutputs(settings, real)
    return SwitchedOutputs(settings, {} if real is None else {"gpiozero": real})
