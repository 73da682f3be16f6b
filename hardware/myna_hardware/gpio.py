"""GPIO pins, real or simulated: the only file that imports gpiozero.

gpiozero picks a pin factory and falls back from one to the next with warnings, down
to an experimental one that cannot dim. A speaker wants to know what is wrong instead,
so exactly one factory is loaded: the one named in `GPIOZERO_PIN_FACTORY`, else lgpio.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Final, Protocol, cast

from myna_hardware.errors import (
    BadFormatError,
    DeviceBusyError,
    DeviceNotFoundError,
    DriverMissingError,
    HardwareError,
)

BOUNCE_S: Final = 0.02
"""A switch's contacts settle within this time; an edge is reported that much later
(20 ms of the 25 to 34 ms measured with lgpio on a gpio-sim chip)."""

FACTORY_PACKAGES: Final = {
    "lgpio": "apt install python3-lgpio",
    "rpigpio": "apt install python3-rpi-lgpio",
    "pigpio": "apt install pigpio python3-pigpio",
}


class OutputPin(Protocol):
    """A pin that we drive; polarity is already applied."""

    value: float
    """0 (off) to 1 (on); reading it reads the pin back."""

    def close(self) -> None:
        """Release the pin, which floats from then on."""
        ...


class InputPin(Protocol):
    """A pin that a switch pulls to ground."""

    is_active: bool
    """Whether the contact is closed now."""

    when_activated: Callable[[], None] | None
    when_deactivated: Callable[[], None] | None
    """Called on a thread of the pin factory, once per clean edge."""

    def close(self) -> None:
        """Stop the callbacks and release the pin."""
        ...


class Encoder(Protocol):
    """A rotary encoder; a detent is one whole cycle of its two contacts."""

    when_rotated_clockwise: Callable[[], None] | None
    when_rotated_counter_clockwise: Callable[[], None] | None
    """Called on a thread of the pin factory, once per detent."""

    def close(self) -> None:
        """Stop the callbacks and release the pins."""
        ...


class Pins:
    """The pins of one pin factory; opens gpiozero devices on them.

    Args:
        library: The gpiozero module.
        factory: A gpiozero pin factory.
    """

    def __init__(self, library: ModuleType, factory: object) -> None:
        self._library = library
        self._factory = factory

    def dimmer(self, device: str, pin: int, *, active_high: bool, initial: float = 0) -> OutputPin:
        """Open `pin` as an output with 100 Hz pulse-width modulation."""
        with _translated(self._library, device, pin):
            opened = self._library.PWMOutputDevice(
                pin, active_high=active_high, initial_value=initial, pin_factory=self._factory
            )
        return cast("OutputPin", opened)

    def switch(self, device: str, pin: int, *, active_high: bool, initial: float = 0) -> OutputPin:
        """Open `pin` as an output that is on or off."""
        with _translated(self._library, device, pin):
            opened = self._library.OutputDevice(
                pin, active_high=active_high, initial_value=bool(initial), pin_factory=self._factory
            )
        return cast("OutputPin", opened)

    def contact(self, device: str, pin: int) -> InputPin:
        """Open `pin` as a pulled-up input with a switch to ground.

        gpiozero's `Button` adds only its own hold timer to this class, and that
        timer's thread wakes ten times a second for as long as the button exists.
        """
        with _translated(self._library, device, pin):
            opened = self._library.DigitalInputDevice(
                pin, pull_up=True, bounce_time=BOUNCE_S, pin_factory=self._factory
            )
        return cast("InputPin", opened)

    def encoder(self, device: str, a_pin: int, b_pin: int) -> Encoder:
        """Open two pulled-up pins with a rotary encoder to ground.

        gpiozero follows the order of the contacts, which a single bouncing one does not
        change, and needs no time to settle.
        """
        for pin in (a_pin, b_pin):
            with _translated(self._library, device, pin):
                self._library.InputDevice(pin, pull_up=True, pin_factory=self._factory).close()
        with _translated(self._library, device, b_pin):
            opened = self._library.RotaryEncoder(
                a_pin, b_pin, max_steps=0, pin_factory=self._factory
            )
        return cast("Encoder", opened)


class SimulatedPins(Pins):
    """gpiozero's mock pins (they dim, too), with the world's side of each pin."""

    def __init__(self) -> None:
        library = _gpiozero("gpio")
        from gpiozero.pins import mock

        super().__init__(library, mock.MockFactory(pin_class=mock.MockPWMPin))
        self._mock = self._factory

    def drive(self, pin: int, *, high: bool) -> None:
        """Pull an input up or down, as the world does; callbacks run before it returns."""
        mock_pin = self._mock.pin(pin)  # type: ignore[attr-defined]  # gpiozero has no types
        (mock_pin.drive_high if high else mock_pin.drive_low)()

    def level(self, pin: int) -> float:
        """Return the electrical level of a pin: 0 (low) to 1 (high), duty cycle between."""
        return float(self._mock.pin(pin).state)  # type: ignore[attr-defined]  # as above


def real_pins(device: str, environ: MutableMapping[str, str] = os.environ) -> Pins:
    """Return the pins of this machine; every caller shares one pin factory.

    Args:
        device: For whom, in the words of the configuration; errors name it.
        environ: Read for `GPIOZERO_PIN_FACTORY`; `LG_WD` is set in it when absent.

    Raises:
        DriverMissingError: gpiozero or the pin factory's library is not installed.
        DeviceNotFoundError: There is no GPIO chip, or no such pin factory.
        HardwareError: This user may not open the GPIO chip, or it is not a Pi's.
    """
    library = _gpiozero(device)
    if library.Device.pin_factory is None:
        name = environ.get("GPIOZERO_PIN_FACTORY", "lgpio")
        if name == "lgpio":
            check_gpio_chips(device)
            prepare_lgpio(environ)
        library.Device.pin_factory = _load_factory(library, device, name)
    return Pins(library, library.Device.pin_factory)


def list_gpio_chips(folder: Path = Path("/dev")) -> list[str]:
    """Return the GPIO chips of this machine, as paths."""
    return sorted(str(path) for path in folder.glob("gpiochip*"))


def check_gpio_chips(device: str, folder: Path = Path("/dev")) -> None:
    """Refuse a machine without a GPIO chip, and a user who may not open one.

    Raises:
        DeviceNotFoundError: There is no GPIO chip.
        HardwareError: There are some, and this user may open none of them.
    """
    chips = list_gpio_chips(folder)
    if not chips:
        raise DeviceNotFoundError(
            device, f"this machine has no GPIO pins (no {folder}/gpiochip*): choose another driver"
        )
    if not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
        raise HardwareError(
            device,
            f"may not open {chips[0]}: join the group with "
            "`sudo usermod -aG gpio $USER` and log in again",
        )


def prepare_lgpio(environ: MutableMapping[str, str]) -> None:
    """Give lgpio a private folder for its pipe, before it is imported.

    It makes `.lgd-nfy0` in `LG_WD`, else in the working directory, and its import fails
    where that is not writable (gpiozero#1106, joan2937/lg#22).
    """
    if "LG_WD" in environ:
        return
    folder = environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
    if not folder:
        folder = tempfile.mkdtemp(prefix="myna-gpio-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environ["LG_WD"] = folder


def _gpiozero(device: str) -> ModuleType:
    try:
        import gpiozero
    except ImportError as error:
        raise DriverMissingError(device, "gpiozero", "apt install python3-gpiozero") from error
    return cast("ModuleType", gpiozero)


def _load_factory(library: ModuleType, device: str, name: str) -> object:
    known = {entry.name: entry for entry in entry_points(group="gpiozero_pin_factories")}
    if name not in known:
        names = ", ".join(sorted(known))
        raise DeviceNotFoundError(
            device, f"GPIOZERO_PIN_FACTORY={name} is not a pin factory: use one of {names}"
        )
    try:
        factory: object = known[name].load()()
    except ImportError as error:
        package = FACTORY_PACKAGES.get(name, "see gpiozero's manual, section Pins")
        raise DriverMissingError(device, f"{name} (for gpiozero)", package) from error
    except _library_errors(library) as error:
        raise HardwareError(device, f"the pin factory {name} does not start: {error}") from error
    return factory


def _library_errors(library: ModuleType) -> tuple[type[Exception], ...]:
    """Return what gpiozero and its pin factories raise; lgpio's own error has no base class."""
    lgpio_error = getattr(sys.modules.get("lgpio"), "error", OSError)
    return (library.GPIOZeroError, lgpio_error, OSError)


@contextmanager
def _translated(library: ModuleType, device: str, pin: int) -> Iterator[None]:
    try:
        yield
    except library.GPIOPinInUse as error:
        raise DeviceBusyError(device, f"GPIO{pin} is used twice: give it another pin") from error
    except library.PinInvalidPin as error:
        raise DeviceNotFoundError(
            device,
            f"this board has no GPIO{pin}: pins are numbered as Broadcom does (GPIO17 is 17)",
        ) from error
    except library.PinPWMUnsupported as error:
        raise BadFormatError(
            device, "this pin factory cannot dim: unset GPIOZERO_PIN_FACTORY to use lgpio"
        ) from error
    except _library_errors(library) as error:
        if "busy" in str(error).lower():
            raise DeviceBusyError(
                device, f"another program holds GPIO{pin}: `gpioinfo` shows which"
            ) from error
        raise HardwareError(device, f"GPIO{pin} does not open: {error}") from error
