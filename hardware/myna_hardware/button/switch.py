"""A push button between a GPIO pin and ground."""

from __future__ import annotations

from threading import Lock

from myna_hardware.button.gestures import GestureReader
from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.gpio import Pins
from myna_hardware.interfaces import Gesture, GestureListener, TroubleListener
from myna_hardware.settings import ButtonSettings
from myna_hardware.timers import Alarm, Clock, RealClock


class SwitchButton:
    """A button on a pin; gestures arrive on a thread of the pin factory or the clock.

    Args:
        settings: Which pin, and how long a hold and a double press may be.
        pins: Where the pin is.
        clock: Times the edges and the hold.

    Raises:
        HardwareError: No pin is given, or it cannot be opened.
    """

    def __init__(self, settings: ButtonSettings, pins: Pins, clock: Clock | None = None) -> None:
        if settings.pin is None:
            raise DeviceNotFoundError(
                "button", "set button.pin, the GPIO that the button connects to ground"
            )
        self._clock = clock or RealClock()
        self._reader = GestureReader(settings.hold_s, settings.double_s)
        self._reading = Lock()
        self._listener: GestureListener | None = None
        self._alarm: Alarm | None = None
        self._contact = pins.contact("button", settings.pin)
        self._contact.when_activated = self._on_press
        self._contact.when_deactivated = self._on_release

    def listen(self, listener: GestureListener) -> None:
        """Call `listener` for every gesture from now on; it takes the former one's place."""
        self._listener = listener

    def watch(self, listener: TroubleListener) -> None:
        """Tell `listener` of trouble, and of its end, once each."""

    def close(self) -> None:
        """Stop listening and release the pin."""
        self._listener = None
        self._cancel_alarm()
        self._contact.close()

    def _on_press(self) -> None:
        with self._reading:
            gesture = self._reader.on_press(self._clock.now_s())
            deadline_s = self._reader.deadline_s
            if deadline_s is not None:
                self._alarm = self._clock.call_at(deadline_s, self._on_time)
        self._report(gesture)

    def _on_release(self) -> None:
        with self._reading:
            gesture = self._reader.on_release(self._clock.now_s())
        self._cancel_alarm()
        self._report(gesture)

    def _on_time(self) -> None:
        with self._reading:
            gesture = self._reader.on_time(self._clock.now_s())
        self._report(gesture)

    def _cancel_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()

    def _report(self, gesture: Gesture | None) -> None:
        listener = self._listener
        if gesture is not None and listener is not None:
            listener(gesture)
