"""Simulated outputs: the GPIO driver on mock pins, with a memory."""

from __future__ import annotations

from collections.abc import Mapping

from myna_hardware.gpio import Pins, SimulatedPins
from myna_hardware.interfaces import OutputState
from myna_hardware.outputs.switched import SwitchedOutputs
from myna_hardware.settings import OutputSettings
from myna_hardware.timers import Clock


class SimulatedOutputs(SwitchedOutputs):
    """Outputs that switch nothing; real ones may stand among them.

    Attributes:
        pins: The mock pins, for their electrical levels.
        history: (name, level as read back) of every switching, ends of pulses and closing
            included.

    Args:
        settings: The outputs by name.
        real: The pins of those whose driver is gpiozero.
        clock: Ends the pulses.
    """

    def __init__(
        self,
        settings: Mapping[str, OutputSettings],
        real: Pins | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.pins = SimulatedPins()
        self.history: list[tuple[str, int]] = []
        pins: dict[str, Pins] = {"simulated": self.pins}
        if real is not None:
            pins["gpiozero"] = real
        super().__init__(settings, pins, clock)

    def _switch(self, name: str, level: int) -> OutputState:
        state = super()._switch(name, level)
        self.history.append((name, state.level))
        return state
