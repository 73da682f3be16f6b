"""The tools that switch things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from myna.errors import ToolError
from myna.spoken import spoken_words
from myna.tools.tool import Result, Tool
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Outputs, OutputState
from myna_hardware.settings import Percent


def output_tools(outputs: Outputs, introduced: Sequence[OutputState]) -> list[Tool]:
    """Return `set_output` and `get_outputs`; none where there is nothing to switch.

    Args:
        outputs: Asked at each call; they may be missing for a while, and then say why.
        introduced: Those that the model is told of.
    """

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
        state = _named(outputs, name)
        wanted = level if level is not None else 100 * bool(on)
        return _told(outputs.set_level(state.name, wanted))

    async def get_outputs() -> Result:
        """Tell which things can be switched and how each one stands now."""
        return {"outputs": [_told(state) for state in outputs.states().values()]}

    def stands(told: Mapping[str, object]) -> bool:
        try:
            return any(_told(state) == told for state in outputs.states().values())
        except HardwareError:
            return False

    if not introduced:
        return []
    notes = "The things: " + "; ".join(_introduced(state) for state in introduced) + "."
    return [
        Tool.from_function(set_output, notes=notes, stands=stands),
        Tool.from_function(get_outputs, is_reading=True),
    ]


def _named(outputs: Outputs, name: str) -> OutputState:
    """Find an output by its name, or else by what people call it."""
    states = outputs.states()
    if name in states:
        return states[name]
    words = spoken_words(name)
    for state in states.values():
        if words and words in (spoken_words(state.name), spoken_words(state.label)):
            return state
    known = "; ".join(_introduced(state) for state in states.values())
    spoken = f"There is no output {name!r}. Call set_output with one of these: {known}"
    raise ToolError("set_output", spoken)


def _introduced(state: OutputState) -> str:
    label = f" ({state.label})" if state.label not in ("", state.name) else ""
    if state.pulse_s is not None:
        return f"{state.name}{label}, goes off by itself after {state.pulse_s:g} s"
    return f"{state.name}{label}, {'dimmable' if state.is_dimmable else 'on or off only'}"


def _told(state: OutputState) -> dict[str, object]:
    return {
        "name": state.name,
        "label": state.label,
        "on": state.level > 0,
        "level": state.level,
        "can_dim": state.is_dimmable,
    }
