"""Mute switches: one on GPIO, a simulated twin, or none."""

from __future__ import annotations

from myna_hardware.gpio import real_pins
from myna_hardware.interfaces import MuteSwitch
from myna_hardware.mute_switch.none import NoMuteSwitch
from myna_hardware.mute_switch.simulated import SimulatedMuteSwitch
from myna_hardware.mute_switch.switch import SwitchedMute
from myna_hardware.settings import MuteSwitchSettings

__all__ = ["open_mute_switch"]


def open_mute_switch(settings: MuteSwitchSettings) -> MuteSwitch:
    """Open the switch that `settings` names.

    Raises:
        HardwareError: No pin is given, the pin is in use, or there are no GPIO pins.
    """
    match settings.driver:
        case "gpiozero":
            return SwitchedMute(settings, real_pins("mute_switch"))
        case "simulated":
            return SimulatedMuteSwitch(settings)
        case "none":
            return NoMuteSwitch()
