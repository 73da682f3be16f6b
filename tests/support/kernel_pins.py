"""The pins of a simulated GPIO chip in the kernel (gpio-sim), where the lab has made one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from myna_hardware.gpio import real_pins

CHIP: Final = Path("/sys/devices/platform/gpio-sim.0")
SETTLE_S: Final = 0.05
"""The pin factory's thread of pulses (100 Hz) has taken a new level by then."""


def are_here() -> bool:
    """Tell whether this machine has such a chip."""
    return CHIP.is_dir()


class KernelBoard:
    """Real pins through the real pin factory, and the world's side of them, as `MockBoard`."""

    def __init__(self) -> None:
        self.pins = real_pins("lab")

    def level(self, number: int) -> int:
        """Return the electrical level of a pin that is steady."""
        time.sleep(SETTLE_S)
        return int((_folder(number) / "value").read_text())

    def drive(self, number: int, *, high: bool) -> None:
        """Pull an input up or down."""
        (_folder(number) / "pull").write_text("pull-up" if high else "pull-down")


def _folder(number: int) -> Path:
    return next(CHIP.glob(f"gpiochip*/sim_gpio{number}"))
