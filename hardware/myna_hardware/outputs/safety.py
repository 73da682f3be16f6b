"""Outputs put to their safe levels when nobody runs who could: after a crash.

A line of GPIO that was released stays as it was driven last on a Raspberry Pi's kernel
(raspberrypi/linux#6117), and turns into an input on others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from myna_hardware.errors import HardwareError
from myna_hardware.gpio import Pins, real_pins
from myna_hardware.outputs.levels import resting_level
from myna_hardware.outputs.switched import SwitchedOutputs
from myna_hardware.settings import OutputSettings


def make_safe(
    settings: Mapping[str, OutputSettings],
    open_pins: Callable[[], Pins] = lambda: real_pins("outputs"),
) -> list[HardwareError]:
    """Put every real output to its safe level, and let go of it.

    Returns:
        Why some could not be; they hinder no other.
    """
    real = {name: output for name, output in settings.items() if output.driver == "gpiozero"}
    try:
        pins = open_pins() if real else None
    except HardwareError as error:
        return [error]
    if pins is None:
        return []
    found = [_trouble_with(name, output, pins) for name, output in real.items()]
    return [trouble for trouble in found if trouble is not None]


def _trouble_with(name: str, output: OutputSettings, pins: Pins) -> HardwareError | None:
    """Make one output safe, and return why it could not be."""
    at_rest = replace(output, initial=resting_level(output))
    try:
        SwitchedOutputs({name: at_rest}, {"gpiozero": pins}).close()
    except HardwareError as error:
        return error
    return None
