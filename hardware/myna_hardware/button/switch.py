"""A push button between a GPIO pin and ground."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from myna_hardware.button.gestures import GestureReader
from myna_hardware.button.reading import ButtonReader, Fluttering, Stuck, Trouble
from myna_hardware.contact.reader import ContactReader
from myna_hardware.contact.watch import ContactWatch
from myna_hardware.errors import DeviceNotFoundError, HardwareError
from myna_hardware.gpio import Pins
from myna_hardware.interfaces import Gesture, GestureListener, TroubleListener
from myna_hardware.settings import ButtonSettings
from myna_hardware.timers import Clock, RealClock

FLUTTERS: Final = (
    "flutters (about {} changes a second): is it wired to ground through the button, by "
    "short wires? It is ignored until it is quiet"
)
PRESSED_FROM_START: Final = (
    "is pressed since the start: is the button wired between the pin and ground, and open "
    "at rest? It is ignored until it is released"
)
PRESSED_WITHOUT_END: Final = (
    "is pressed without end: is the button stuck, or its wire shorted to ground? It is "
    "ignored until it is released"
)


class SwitchButton:
    """A button on a pin; gestures arrive on a thread of the pin factory or the clock.

    Args:
        settings: Which pin, and what a press may mean.
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
        self._settings = settings
        self._clock = clock or RealClock()
        self._listener: GestureListener | None = None
        self._watcher: TroubleListener | None = None
        self._told: Trouble | None = None
        contact = pins.contact("button", settings.pin)
        self._watch = ContactWatch(contact, self._make_reader, self._clock, self._deliver)

    @property
    def is_polled(self) -> bool:
        """Whether the level is read fifty times a second, as edges are lost here."""
        return self._reader.is_polled

    def listen(self, listener: GestureListener) -> None:
        """Call `listener` for every gesture from now on; it takes the former one's place."""
        self._listener = listener

    def watch(self, listener: TroubleListener) -> None:
        """Tell `listener` of trouble, also of that which is there, and of its end."""
        self._watcher = listener
        self._told = None
        self._clock.call_at(self._clock.now_s(), self._watch.look)

    def close(self) -> None:
        """Stop listening and release the pin."""
        self._listener = self._watcher = None
        self._watch.close()

    def _make_reader(self, now_s: float, *, is_closed: bool, hears_edges: bool) -> ButtonReader:
        settings = self._settings
        contact = ContactReader(now_s, is_closed=is_closed, hears_edges=hears_edges)
        gestures = GestureReader(
            settings.hold_s,
            settings.double_s,
            shuts_down=settings.shutdown,
            is_for_talk=settings.mode == "talk",
        )
        self._reader = ButtonReader(contact, gestures)
        return self._reader

    def _deliver(self, gestures: Sequence[Gesture]) -> None:
        for gesture in gestures:
            listener = self._listener
            if listener is not None:
                listener(gesture)
        self._tell_trouble()

    def _tell_trouble(self) -> None:
        trouble, watcher = self._reader.trouble, self._watcher
        if trouble != self._told and watcher is not None:
            self._told = trouble
            watcher(None if trouble is None else self._error(trouble))

    def _error(self, trouble: Trouble) -> HardwareError:
        return HardwareError("button", f"GPIO{self._settings.pin} {_describe(trouble)}")


def _describe(trouble: Trouble) -> str:
    match trouble:
        case Fluttering(per_second):
            return FLUTTERS.format(per_second)
        case Stuck(is_from_start):
            return PRESSED_FROM_START if is_from_start else PRESSED_WITHOUT_END
