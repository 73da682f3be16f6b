"""What the things to switch are called, and what may be done to each by voice.

PURE. It all comes from the configuration, so that a name means the same thing where the risk
of a call is judged and where it is switched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from myna.errors import ToolError
from myna.spoken import spoken_words
from myna.tools.tool import Risk
from myna_hardware.settings import OutputSettings

YES: Final = (
    "What needs a yes waits until the user presses the button on the speaker: ask for that "
    "before you call. Only the answer tells whether it was done."
)
"""What the model is told where some of the things are `confirm`."""


class Things:
    """The outputs by what people call them.

    Args:
        settings: As configured, by name.

    Attributes:
        introduced: The names that the model is told of.
        pulsing: Those of them that it may switch on for a while.
    """

    def __init__(self, settings: Mapping[str, OutputSettings]) -> None:
        self._settings = settings
        self.introduced = [
            name for name, output in settings.items() if output.risk != "never-by-voice"
        ]
        self.pulsing = [
            name for name in self.introduced if settings[name].pulse_s or self._longest_s(name)
        ]

    def named(self, tool: str, name: str) -> str:
        """Find a thing by its name, or else by what people call it.

        Raises:
            ToolError: There is none; the model is told of those there are.
        """
        found = self._find(name)
        if found is None:
            known = "; ".join(map(self._introduction, self.introduced)) or "none"
            spoken = f"There is no output {name!r}. Call {tool} with one of these: {known}"
            raise ToolError(tool, spoken)
        return found

    def risk_of(self, values: Mapping[str, object]) -> Risk:
        """Return what a call may do, by its checked arguments; see `Tool.risk`."""
        found = self._find(str(values["name"]))
        return "safe" if found is None else self._settings[found].risk

    def pulse_s(self, name: str, seconds: float) -> float:
        """Return for how many seconds a thing goes on that is asked for `seconds`.

        Args:
            name: As `named` returned it.
            seconds: As the model wants it.

        Raises:
            ToolError: It may not go on for a while, or not for so long.
        """
        fixed_s, longest_s = self._settings[name].pulse_s, self._longest_s(name)
        if fixed_s is not None:
            return fixed_s
        if longest_s is None:
            spoken = f"{name} cannot be switched on for a while. Call set_output if it is to stay"
            raise ToolError("pulse_output", spoken)
        if seconds > longest_s:
            spoken = f"{name} goes on for {longest_s:g} seconds at most. Tell the user so"
            raise ToolError("pulse_output", spoken)
        return seconds

    def notes(self, names: Collection[str]) -> str:
        """Introduce things to the model."""
        things = "; ".join(map(self._introduction, names))
        needs_yes = any(self._settings[name].risk == "confirm" for name in names)
        return f"The things: {things}." + (f" {YES}" if needs_yes else "")

    def _find(self, name: str) -> str | None:
        if name in self._settings:
            return name
        words = spoken_words(name)
        for key, output in self._settings.items():
            if words and words in (spoken_words(key), spoken_words(output.label)):
                return key
        return None

    def _longest_s(self, name: str) -> float | None:
        return self._settings[name].longest_pulse_s

    def _introduction(self, name: str) -> str:
        output = self._settings[name]
        label = f" ({output.label})" if output.label not in ("", name) else ""
        if output.pulse_s is not None:
            manner = f"goes off by itself after {output.pulse_s:g} s"
        else:
            manner = "dimmable" if output.dimmable else "on or off only"
        if output.pulse_s is None and output.longest_pulse_s is not None:
            manner += f", on for {output.longest_pulse_s:g} s at most with pulse_output"
        return f"{name}{label}, {manner}" + (", needs a yes" if output.risk == "confirm" else "")
