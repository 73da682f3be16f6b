"""A switch between a GPIO pin and ground that stays where it is put."""

from __future__ import annotations

from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.gpio import Pins
from myna_hardware.interfaces import MuteListener
from myna_hardware.settings import MuteSwitchSettings


class SwitchedMute:
    """A mute switch on a pin; changes are told on a thread of the driver's.

    Args:
        settings: Which pin, and which position mutes.
        pins: Where the pin is.

    Raises:
        HardwareError: No pin is given, or it cannot be opened.
    """

    def __init__(self, settings: MuteSwitchSettings, pins: Pins) -> None:
        if settings.pin is None:
            raise DeviceNotFoundError(
                "mute_switch", "set mute_switch.pin, the GPIO that the switch connects to ground"
            )
        self._mutes_when_closed = settings.muted_when == "closed"
        self._listener: MuteListener | None = None
        self._contact = pins.contact("mute_switch", settings.pin)
        self._contact.when_activated = lambda: self._tell(is_closed=True)
        self._contact.when_deactivated = lambda: self._tell(is_closed=False)

    @property
    def is_muted(self) -> bool:
        """Where the switch stands now; from any thread."""
        return self._contact.is_active == self._mutes_when_closed

    def listen(self, listener: MuteListener) -> None:
        """Call `listener` for every change from now on; it takes the former one's place."""
        self._listener = listener

    def close(self) -> None:
        """Stop listening and release the pin."""
        self._listener = None
        self._contact.close()

    def _tell(self, *, is_closed: bool) -> None:
        listener = self._listener
        if listener is not None:
            listener(is_closed == self._mutes_when_closed)
