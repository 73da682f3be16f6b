"""A rotary encoder between two GPIO pins and ground."""

from __future__ import annotations

from threading import Lock
from typing import Final

from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.gpio import Pins
from myna_hardware.interfaces import TurnListener
from myna_hardware.settings import KnobSettings
from myna_hardware.timers import Alarm, Clock, RealClock

GATHER_S: Final = 0.05
"""Detents within this time are told together: a fast turn makes thirty in a second."""


class EncoderKnob:
    """A rotary encoder; turns are told on a thread of the clock's.

    Args:
        settings: Which pins.
        pins: Where they are.
        clock: Times how long detents are gathered.

    Raises:
        HardwareError: A pin is not given, or cannot be opened.
    """

    def __init__(self, settings: KnobSettings, pins: Pins, clock: Clock | None = None) -> None:
        if settings.a_pin is None or settings.b_pin is None:
            raise DeviceNotFoundError(
                "knob", "set knob.a_pin and knob.b_pin, the GPIOs of the encoder's outer legs"
            )
        self._clock = clock or RealClock()
        self._counting = Lock()
        self._detents = 0
        self._telling: Alarm | None = None
        self._listener: TurnListener | None = None
        self._encoder = pins.encoder("knob", settings.a_pin, settings.b_pin)
        self._encoder.when_rotated_clockwise = lambda: self._count(1)
        self._encoder.when_rotated_counter_clockwise = lambda: self._count(-1)

    def listen(self, listener: TurnListener) -> None:
        """Call `listener` for every turn from now on; it takes the former one's place."""
        self._listener = listener

    def close(self) -> None:
        """Stop listening and release the pins."""
        self._listener = None
        self._encoder.close()
        with self._counting:
            if self._telling is not None:
                self._telling.cancel()

    def _count(self, detents: int) -> None:
        with self._counting:
            self._detents += detents
            if self._telling is None:
                self._telling = self._clock.call_at(self._clock.now_s() + GATHER_S, self._tell)

    def _tell(self) -> None:
        with self._counting:
            detents, self._detents, self._telling = self._detents, 0, None
        listener = self._listener
        if detents and listener is not None:
            listener(detents)
