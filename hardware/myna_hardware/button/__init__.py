"""Buttons: a switch on GPIO, the keyboard, a simulated twin, or none."""

from __future__ import annotations

from myna_hardware.button.keyboard import KeyboardButton
from myna_hardware.button.none import NoButton
from myna_hardware.button.simulated import SimulatedButton
from myna_hardware.button.switch import SwitchButton
from myna_hardware.gpio import real_pins
from myna_hardware.interfaces import Button
from myna_hardware.settings import ButtonSettings

__all__ = ["open_button"]


def open_button(settings: ButtonSettings) -> Button:
    """Open the button that `settings` names.

    Raises:
        HardwareError: No pin is given, the pin is in use, there are no GPIO pins, or
            standard input is not a terminal.
    """
    match settings.driver:
        case "gpiozero":
            return SwitchButton(settings, real_pins("button"))
        case "keyboard":
            return KeyboardButton()
        case "simulated":
            return SimulatedButton(settings)
        case "none":
            return NoButton()
