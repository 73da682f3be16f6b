"""Lights in a terminal: a row of dots, redrawn in place; elsewhere one line per change."""

from __future__ import annotations

import sys
from typing import Final, TextIO

from myna_hardware.errors import DeviceLostError
from myna_hardware.lights.colours import LEAST_LIGHT, Colour, Colours, look_of
from myna_hardware.lights.scene import Canvas, Scene

DEFAULT_COUNT: Final = 12
DARK: Final = "·"
LIT: Final = "●"


class TerminalPixels:
    """A row of dots, and what they say in words.

    The cursor is left at the start of the row, so that whatever is printed next covers
    it; the row then goes on below. Where there is no terminal `lights  ● listening` is
    printed when that changes.

    Args:
        count: How many dots.
        stream: Where to; standard error by default, which leaves standard output to the
            command.
    """

    def __init__(self, count: int = DEFAULT_COUNT, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._written = ""
        self.canvas = Canvas(count=count)

    def show(self, colours: Colours, scene: Scene) -> None:
        """Draw the row, or write what it says if that is new.

        Raises:
            DeviceLostError: The terminal is gone.
        """
        try:
            if self._stream.isatty():
                dots = "".join(_dot(colour) for colour in colours)
                print(f"\r{dots} {scene}\x1b[K\r", end="", file=self._stream, flush=True)
            elif str(scene) not in ("", self._written):
                self._written = str(scene)
                print(f"lights  {LIT} {scene}", file=self._stream, flush=True)
        except (OSError, ValueError) as error:  # ValueError: the stream was closed
            raise DeviceLostError("lights", f"the terminal is gone: {error}") from error

    def close(self) -> None:
        """Leave the stream to those who opened it."""


def _dot(colour: Colour) -> str:
    if max(colour) <= LEAST_LIGHT:
        return DARK
    red, green, blue = (round(255 * part) for part in look_of(colour))
    return f"\x1b[38;2;{red};{green};{blue}m{LIT}\x1b[0m"
