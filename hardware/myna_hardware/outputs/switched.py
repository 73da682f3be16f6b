"""Outputs on pins: switched, dimmed by pulse width, or on for a pulse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from threading import RLock
from typing import Final

from myna_hardware.errors import DeviceNotFoundError, HardwareError
from myna_hardware.gpio import OutputPin, Pins
from myna_hardware.interfaces import OutputState
from myna_hardware.outputs.levels import (
    check_level,
    check_pulse,
    check_rest,
    pin_value,
    resting_level,
)
from myna_hardware.outputs.pulses import Pulses
from myna_hardware.settings import OutputSettings
from myna_hardware.timers import Clock, RealClock

RETRY_S: Final = 1.0
"""How soon an output is switched off again that could not be at the end of its pulse."""


class SwitchedOutputs:
    """Named outputs, each on one pin.

    Args:
        settings: The outputs by name.
        pins: Where the pins of each driver are.
        clock: Ends the pulses.

    Raises:
        HardwareError: A pin cannot be opened; those before it are closed again.
    """

    def __init__(
        self,
        settings: Mapping[str, OutputSettings],
        pins: Mapping[str, Pins],
        clock: Clock | None = None,
    ) -> None:
        self._settings = dict(settings)
        self._boards = pins
        self._pins: dict[str, OutputPin] = {}
        self._lock = RLock()
        self._pulses = Pulses(clock or RealClock(), self._end_pulse)
        self._is_closed = False
        with ExitStack() as opened:
            for name, output in settings.items():
                self._pins[name] = _open_pin(name, output, pins[output.driver])
                opened.callback(self._release, name)
                opened.callback(self._rest, name)
            self._opened = opened.pop_all()

    def states(self) -> Mapping[str, OutputState]:
        """Read every output back from its pin, in the order of the configuration.

        Raises:
            DeviceLostError: A pin does not answer.
        """
        with self._lock:
            return {} if self._is_closed else {name: self._state(name) for name in self._settings}

    def set_level(self, name: str, level: int) -> OutputState:
        """Switch or dim one output and read it back; see `Outputs.set_level`.

        Raises:
            DeviceNotFoundError: There is no such output; the error lists those there are.
            DeviceLostError: Its pin does not answer.
            BadFormatError: `level` is not between 0 and 100.
        """
        with self._lock:
            output = self._known(name)
            check_level(name, level)
            self._pulses.stop(name)
            if level and output.pulse_s is not None:
                self._pulses.start(name, output.pulse_s)
            return self._switch(name, level)

    def pulse(self, name: str, seconds: float) -> OutputState:
        """Switch one output fully on, and off by itself; see `Outputs.pulse`.

        Raises:
            DeviceNotFoundError: There is no such output; the error lists those there are.
            DeviceLostError: Its pin does not answer.
            BadFormatError: `seconds` is out of range.
        """
        with self._lock:
            output = self._known(name)
            check_pulse(name, seconds)
            self._pulses.start(name, output.pulse_s or seconds)
            return self._switch(name, 100)

    def close(self) -> None:
        """Return every output to its safe level and release the pins.

        One that fails hinders no other.
        """
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            self._pulses.stop_all()
            self._opened.close()

    def _known(self, name: str) -> OutputSettings:
        if name not in self._settings or self._is_closed:
            names = "" if self._is_closed else ", ".join(self._settings)
            raise DeviceNotFoundError(name, f"no such output; there are: {names or 'none'}")
        return self._settings[name]

    def _end_pulse(self, name: str, is_still_due: Callable[[], bool]) -> None:
        with self._lock:
            if not is_still_due():
                return
            self._pulses.stop(name)
            try:
                self._switch(name, 0)
            except HardwareError:  # `states` tells; and nothing stays on that was to end
                self._pulses.start(name, RETRY_S)

    def _switch(self, name: str, level: int) -> OutputState:
        with self._in_use(name):
            self._pins[name].value = pin_value(self._settings[name], level)
        return self._state(name)

    def _in_use(self, name: str) -> AbstractContextManager[None]:
        output = self._settings[name]
        return self._boards[output.driver].in_use(f"outputs.{name}", output.pin)

    def _rest(self, name: str) -> None:
        """Leave an output as it is to be without us."""
        self._switch(name, resting_level(self._settings[name]))

    def _release(self, name: str) -> None:
        with self._in_use(name):
            self._pins[name].close()

    def _state(self, name: str) -> OutputState:
        output = self._settings[name]
        with self._in_use(name):
            level = round(100 * self._pins[name].value)
        return OutputState(name, output.label or name, level, output.dimmable, output.pulse_s)


def _open_pin(name: str, output: OutputSettings, pins: Pins) -> OutputPin:
    check_rest(name, output)
    opened_as = pins.dimmer if output.dimmable else pins.switch
    return opened_as(
        f"outputs.{name}",
        output.pin,
        active_high=output.active_high,
        initial=pin_value(output, output.initial_level),
    )
