"""Lights on pixels: the one thread that redraws, for every device.

It sleeps for as long as what is shown stays right: a steady pattern lets it sleep for
ever, the idle beacon wakes it twice in five seconds, only a wave costs 25 wake-ups a
second. Whoever changes something draws it at once, on the own thread.

A device that fails is closed, told to the listener, and opened again here until that
succeeds; meanwhile everything is remembered and nothing is drawn.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Condition, Thread, current_thread
from typing import Final

from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Pattern, TroubleListener
from myna_hardware.lights.colours import BLACK
from myna_hardware.lights.painter import Clocks, Painter
from myna_hardware.lights.pixels import Pixels, PixelsOpener
from myna_hardware.lights.scene import Scene
from myna_hardware.settings import LightsSettings

RETRY_S: Final = 3.0
"""Between attempts to open a lost device again."""

CLOSING_S: Final = 5.0
"""How long `close` waits for the thread, which may be opening the device just then."""


class DrawnLights:
    """Lights that a thread draws on pixels.

    Args:
        open_pixels: Opens the device.
        settings: How bright, by day and by night.
        clocks: What time it is.

    Raises:
        HardwareError: The device cannot be opened.
    """

    def __init__(
        self, open_pixels: PixelsOpener, settings: LightsSettings, clocks: Clocks | None = None
    ) -> None:
        self._open_pixels = open_pixels
        self._clocks = clocks or Clocks()
        self._painter = Painter(settings, self._clocks)
        self._changed = Condition()
        self._is_closed = False
        self._listener: TroubleListener | None = None
        self._trouble: HardwareError | None = None
        self._told: HardwareError | None = None
        self._retry_at_s = 0.0
        self._pixels: Pixels | None = open_pixels()
        self._thread = Thread(target=self._run, name="lights", daemon=True)
        self._thread.start()

    def show(self, pattern: Pattern) -> None:
        """Show `pattern` from its beginning; a repeated one runs on."""
        with self._changed:
            self._painter.show(pattern)
            self._redraw()

    def show_level(self, level: float) -> None:
        """Let `listening` and `speaking` follow the voice."""
        with self._changed:
            self._painter.show_level(level)
            self._redraw()

    def show_volume(self, percent: int) -> None:
        """Show a volume over the pattern for a moment."""
        with self._changed:
            self._painter.show_volume(percent)
            self._redraw()

    def light_microphone(self, *, is_on: bool) -> None:
        """Light the microphone light, or put it out, before this returns."""
        with self._changed:
            self._painter.light(microphone=is_on)
            self._redraw()

    def light_camera(self, *, is_on: bool) -> None:
        """Light the camera light, or put it out, before this returns."""
        with self._changed:
            self._painter.light(camera=is_on)
            self._redraw()

    def dim(self, settings: LightsSettings) -> None:
        """Be as bright as `settings` say, by day and by night."""
        with self._changed:
            self._painter.dim(settings)
            self._redraw()

    def watch(self, listener: TroubleListener) -> None:
        """Tell `listener` when the device is lost, and when it is back."""
        with self._changed:
            self._listener = listener
            self._changed.notify()

    def close(self) -> None:
        """Put the lights out and release the device."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
            self._changed.notify()
        if current_thread() is not self._thread:
            self._thread.join(CLOSING_S)
        with self._changed:
            self._put_out()

    def _redraw(self) -> None:
        """Draw at once what was changed, and let the thread find its next date."""
        self._draw()
        self._changed.notify()

    def _draw(self) -> float | None:
        """Draw what is due; return when to come back."""
        if self._pixels is None:
            return max(0.0, self._retry_at_s - self._clocks.monotonic())
        try:
            return self._painter.draw(self._pixels)
        except HardwareError as error:
            self._lose(self._pixels, error)
            return 0.0

    def _lose(self, pixels: Pixels, error: HardwareError) -> None:
        self._pixels = None
        self._trouble = self._told or error  # nobody has heard yet that the last one is over
        self._retry_at_s = self._clocks.monotonic() + RETRY_S
        pixels.close()

    def _run(self) -> None:
        while self._sleep():
            self._reopen()
            self._tell()

    def _sleep(self) -> bool:
        """Draw until there is more than that to do; return False when closed."""
        with self._changed:
            while not self._is_closed and not (self._has_news or self._is_retry_due):
                self._changed.wait(self._draw())
            return not self._is_closed

    @property
    def _has_news(self) -> bool:
        return self._listener is not None and self._trouble is not self._told

    @property
    def _is_retry_due(self) -> bool:
        return self._pixels is None and self._clocks.monotonic() >= self._retry_at_s

    def _reopen(self) -> None:
        """Open the lost device if it is time to, without keeping anybody waiting."""
        if not self._is_retry_due:
            return
        self._retry_at_s = self._clocks.monotonic() + RETRY_S
        try:
            pixels = self._open_pixels()
        except HardwareError:
            return
        with self._changed:
            if self._is_closed:
                pixels.close()
                return
            self._pixels, self._trouble = pixels, None
            self._painter.forget()
            self._draw()

    def _tell(self) -> None:
        """Tell what is new; the listener may call us, and take its time."""
        with self._changed:
            listener, trouble = self._listener, self._trouble
            if listener is None or trouble is self._told:
                return
            self._told = trouble
        listener(trouble)

    def _put_out(self) -> None:
        pixels, self._pixels = self._pixels, None
        if pixels is None:
            return
        with suppress(HardwareError):  # it is lost: there is nothing to put out
            pixels.show((BLACK,) * pixels.canvas.count, Scene())
        pixels.close()
