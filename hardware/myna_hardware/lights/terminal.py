"""Lights in a terminal: one line per change."""

from __future__ import annotations

import sys
from typing import Final, TextIO

from myna_hardware.interfaces import Pattern, TroubleListener
from myna_hardware.lights.patterns import FOLLOWING, LOOKS

BAR_COLUMNS: Final = 12
"""Shorter than any line that covers the bar."""


class TerminalLights:
    """Print `lights  ● listening` when the pattern changes.

    Args:
        stream: Where to; standard error by default, which leaves standard output to the
            command. Coloured when it is a terminal.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._pattern: Pattern | None = None
        self._is_closed = False

    def show(self, pattern: Pattern) -> None:
        """Print `pattern`, unless it is already shown. From any one thread."""
        if self._is_closed or pattern is self._pattern:
            return
        self._pattern = pattern
        print(f"lights  {self._dot(pattern)} {pattern}", file=self._stream, flush=True)

    def show_level(self, level: float) -> None:
        """Draw a bar that the next line covers; nothing where lines cannot be covered."""
        if self._is_closed or self._pattern not in FOLLOWING or not self._stream.isatty():
            return
        bar = "▇" * round(BAR_COLUMNS * min(1.0, max(0.0, level)))
        print(f"\r{bar}\x1b[K\r", end="", file=self._stream, flush=True)

    def show_volume(self, percent: int) -> None:
        """Print it."""
        self._print(f"volume {percent}")

    def light_microphone(self, *, is_on: bool) -> None:
        """Print that it is on, or off."""
        self._print(f"microphone {'on' if is_on else 'off'}")

    def light_camera(self, *, is_on: bool) -> None:
        """Print that it is on, or off."""
        self._print(f"camera {'on' if is_on else 'off'}")

    def watch(self, listener: TroubleListener) -> None:
        """Promise no trouble."""

    def close(self) -> None:
        """Print nothing more."""
        self._is_closed = True

    def _print(self, text: str) -> None:
        if not self._is_closed:
            print(f"lights  ● {text}", file=self._stream, flush=True)

    def _dot(self, pattern: Pattern) -> str:
        if not self._stream.isatty():
            return "●"
        red, green, blue = (round(255 * share) for share in LOOKS[pattern].colour)
        return f"\x1b[38;2;{red};{green};{blue}m●\x1b[0m"
