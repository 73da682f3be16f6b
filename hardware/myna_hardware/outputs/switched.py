"""Outputs on pins: switched, or dimmed by pulse width."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

from myna_hardware.errors import BadFormatError, DeviceNotFoundError
from myna_hardware.gpio import OutputPin, Pins
from myna_hardware.interfaces import OutputState
from myna_hardware.settings import OutputSettings


class SwitchedOutputs:
    """Named outputs, each on one pin.

    Args:
        settings: The outputs by name.
        pins: Where the pins of each driver are.

    Raises:
        HardwareError: A pin cannot be opened; those before it are closed again.
    """

    def __init__(self, settings: Mapping[str, OutputSettings], pins: Mapping[str, Pins]) -> None:
        self._settings = dict(settings)
        self._pins: dict[str, OutputPin] = {}
        self._is_closed = False
        with ExitStack() as opened:
            for name, output in settings.items():
                self._pins[name] = _open_pin(name, output, pins[output.driver])
                opened.callback(self._pins[name].close)
            self._opened = opened.pop_all()

    def states(self) -> Mapping[str, OutputState]:
        """Read every output back from its pin, in the order of the configuration."""
        return {} if self._is_closed else {name: self._state(name) for name in self._settings}

    def set_level(self, name: str, level: int) -> OutputState:
        """Switch or dim one output and read it back.

        Raises:
            DeviceNotFoundError: There is no such output; the error lists those there are.
            BadFormatError: `level` is not between 0 and 100.
        """
        if name not in self._settings or self._is_closed:
            names = "" if self._is_closed else ", ".join(self._settings)
            raise DeviceNotFoundError(name, f"no such output; there are: {names or 'none'}")
        if not 0 <= level <= 100:
            raise BadFormatError(name, f"level {level} is not between 0 and 100")
        self._pins[name].value = _pin_value(self._settings[name], level)
        return self._state(name)

    def close(self) -> None:
        """Return every output to its initial level and release the pins."""
        if self._is_closed:
            return
        for name, output in self._settings.items():
            self.set_level(name, initial_level(output))
        self._is_closed = True
        self._opened.close()

    def _state(self, name: str) -> OutputState:
        output = self._settings[name]
        level = round(100 * self._pins[name].value)
        return OutputState(name, output.label or name, level, output.dimmable)


def initial_level(output: OutputSettings) -> int:
    """Return the level, 0 to 100, that an output has at start and at the end."""
    if isinstance(output.initial, bool):
        return 100 if output.initial else 0
    return output.initial


def _open_pin(name: str, output: OutputSettings, pins: Pins) -> OutputPin:
    opened_as = pins.dimmer if output.dimmable else pins.switch
    return opened_as(
        f"outputs.{name}",
        output.pin,
        active_high=output.active_high,
        initial=_pin_value(output, initial_level(output)),
    )


def _pin_value(output: OutputSettings, level: int) -> float:
    return level / 100 if output.dimmable else float(level > 0)
