"""What the settings of an output mean in levels; PURE."""

from __future__ import annotations

from typing import Final

from myna_hardware.errors import BadFormatError
from myna_hardware.settings import LONGEST_PULSE_S, RESTS_ON, SHORTEST_PULSE_S, OutputSettings

NUDGE: Final = 1e-9
"""gpiozero's lgpio pins cut a duty cycle down to whole percents, and 100 * 0.29 is
28.999999999999996 (LGPIOPin._set_state)."""


def resting_level(output: OutputSettings) -> int:
    """Return the safe level as far as it lasts: nothing is dimmed without a process."""
    level = output.safe_level
    return 0 if output.dimmable and level < 100 else level


def pin_value(output: OutputSettings, level: int) -> float:
    """Return what to write to the pin, 0 to 1, before polarity."""
    if not output.dimmable or level in {0, 100}:
        return float(level > 0)
    return level / 100 + (NUDGE if output.active_high else -NUDGE)


def check_level(name: str, level: int) -> None:
    """Refuse what is no percentage.

    Raises:
        BadFormatError: `level` is not between 0 and 100.
    """
    if not 0 <= level <= 100:
        raise BadFormatError(name, f"level {level} is not between 0 and 100")


def check_pulse(name: str, seconds: float) -> None:
    """Refuse what is too short to switch anything, and what is no pulse any more.

    Raises:
        BadFormatError: `seconds` is out of range.
    """
    if not SHORTEST_PULSE_S <= seconds <= LONGEST_PULSE_S:
        raise BadFormatError(
            name,
            f"a pulse of {seconds:g} s is not between {SHORTEST_PULSE_S:g} and "
            f"{LONGEST_PULSE_S:g} s",
        )


def check_rest(name: str, output: OutputSettings) -> None:
    """Refuse an output that is on at rest, and was to be on for a pulse only.

    Raises:
        BadFormatError: It has `pulse_s`, and `initial` or `safe` is on.
    """
    if output.rests_on:
        raise BadFormatError(f"outputs.{name}", RESTS_ON)
