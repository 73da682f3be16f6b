"""A switch between a GPIO pin and ground that stays where it is put."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from myna_hardware.contact.reader import ContactEvent, ContactReader, Settled
from myna_hardware.contact.watch import ContactWatch
from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.gpio import Pins
from myna_hardware.interfaces import MuteListener
from myna_hardware.settings import MuteSwitchSettings
from myna_hardware.timers import Clock, RealClock

SETTLE_S: Final = 0.05
"""How long a position must hold; slide switches bounce for longer than push buttons."""


class SwitchedMute:
    """A mute switch on a pin; changes are told on a thread of the driver's.

    While its contact flutters the switch counts as standing where it stood.

    Args:
        settings: Which pin, and which position mutes.
        pins: Where the pin is.
        clock: Times how long a position holds.

    Raises:
        HardwareError: No pin is given, or it cannot be opened.
    """

    def __init__(
        self, settings: MuteSwitchSettings, pins: Pins, clock: Clock | None = None
    ) -> None:
        if settings.pin is None:
            raise DeviceNotFoundError(
                "mute_switch", "set mute_switch.pin, the GPIO that the switch connects to ground"
            )
        self._mutes_when_closed = settings.muted_when == "closed"
        self._listener: MuteListener | None = None
        contact = pins.contact("mute_switch", settings.pin)
        self._watch = ContactWatch(contact, self._make_reader, clock or RealClock(), self._deliver)

    @property
    def is_muted(self) -> bool:
        """Where the switch stands now; from any thread."""
        self._watch.look()
        return self._reader.is_closed == self._mutes_when_closed

    def listen(self, listener: MuteListener) -> None:
        """Call `listener` for every change from now on; it takes the former one's place."""
        self._listener = listener

    def close(self) -> None:
        """Stop listening and release the pin."""
        self._listener = None
        self._watch.close()

    def _make_reader(self, now_s: float, *, is_closed: bool, hears_edges: bool) -> ContactReader:
        self._reader = ContactReader(
            now_s,
            is_closed=is_closed,
            hears_edges=hears_edges,
            settle_s=SETTLE_S,
            is_watched=False,
        )
        return self._reader

    def _deliver(self, events: Sequence[ContactEvent]) -> None:
        for event in events:
            listener = self._listener
            if isinstance(event, Settled) and listener is not None:
                listener(event.is_closed == self._mutes_when_closed)
