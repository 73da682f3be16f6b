"""The tools that switch things."""

from __future__ import annotations

from collections.abc import Mapping

from myna.errors import ToolError
from myna.tools.things import Things
from myna.tools.tool import Result, Tool
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Outputs, OutputState
from myna_hardware.settings import OutputSettings, Percent, PulseSeconds


def output_tools(outputs: Outputs, settings: Mapping[str, OutputSettings]) -> list[Tool]:
    """Return `set_output`, `pulse_output` and `get_outputs`, as far as there is use for them.

    Args:
        outputs: Asked at each call; they may be missing for a while, and then say why.
        settings: The same outputs as configured; the model is told of them also while they
            are missing.
    """
    things = Things(settings)

    async def set_output(
        name: str, *, on: bool | None = None, level: Percent | None = None
    ) -> Result:
        """Switch a thing on or off, or dim it. Give exactly one of on and level.

        The answer tells how the thing really stands afterwards.

        Args:
            name: The thing: its name or its label.
            on: true switches it on, false off.
            level: 0 is off, 100 fully on.
        """
        if (on is None) == (level is None):
            raise ToolError("set_output", "Give exactly one of on and level, and call it again")
        wanted = level if level is not None else 100 * bool(on)
        return _told(outputs.set_level(things.named("set_output", name), wanted))

    async def pulse_output(name: str, seconds: PulseSeconds) -> Result:
        """Switch a thing on for a while; it goes off by itself.

        The answer tells for how many seconds it is really on.

        Args:
            name: The thing: its name or its label.
            seconds: For how long.
        """
        name = things.named("pulse_output", name)
        on_s = things.pulse_s(name, seconds)
        return {**_told(outputs.pulse(name, on_s)), "seconds": on_s}

    async def get_outputs() -> Result:
        """Tell which things there are and how each one stands now."""
        return {"outputs": [_told(state) for state in outputs.states().values()]}

    def stands(told: Mapping[str, object]) -> bool:
        try:
            return any(told.items() >= _told(state).items() for state in outputs.states().values())
        except HardwareError:
            return False

    if not settings:
        return []
    # A person's `myna call` may switch what the model may not: so it is there in any case.
    switch = Tool.from_function(
        set_output,
        notes=things.notes(things.introduced),
        stands=stands,
        risk=things.risk_of if things.introduced else "never-by-voice",
    )
    pulse = Tool.from_function(
        pulse_output, notes=things.notes(things.pulsing), stands=stands, risk=things.risk_of
    )
    read = Tool.from_function(get_outputs, is_reading=True)
    return [switch, pulse, read] if things.pulsing else [switch, read]


def _told(state: OutputState) -> dict[str, object]:
    return {
        "name": state.name,
        "label": state.label,
        "on": state.level > 0,
        "level": state.level,
        "can_dim": state.is_dimmable,
    }
