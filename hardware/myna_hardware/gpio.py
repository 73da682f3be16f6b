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
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any, Final, Literal, Protocol, TypeAlias, cast

from myna_hardware.errors import (
    BadFormatError,
    DeviceBusyError,
    DeviceLostError,
    DeviceNotFoundError,
    DriverMissingError,
    HardwareError,
)
from myna_hardware.groups import how_to_join

PROMPT_S: Final = 0.005
OLDEST_S: Final = 1.0
"""An edge reported sooner than `PROMPT_S` happened just now (0.7 to 3.4 ms measured with
lgpio on a gpio-sim chip); one that seems older than `OLDEST_S` was timed by another clock."""


Pull: TypeAlias = Literal["up", "down", "none"]

_PULLS: Final[dict[Pull, bool | None]] = {"up": True, "down": False, "none": None}

FACTORY_PACKAGES: Final = {
    "lgpio": "apt install python3-lgpio",
    "rpigpio": "apt install python3-rpi-lgpio",
    "pigpio": "apt install pigpio python3-pigpio",
}


_choosing: Final = Lock()
"""Held while the pin factory is loaded: sensors are opened on threads of their own."""


class EdgeListener(Protocol):
    """Takes the edges of a contact."""

    def __call__(self, age_s: float, *, is_closed: bool) -> None:
        """Take an edge that came `age_s` ago and left the contact so."""
        ...


class OutputPin(Protocol):
    """A pin that we drive; polarity is already applied."""

    value: float
    """0 (off) to 1 (on); reading it reads the pin back."""

    def close(self) -> None:
        """Release the pin, which floats from then on."""
        ...


class InputPin(Protocol):
    """A pin that a switch pulls to ground."""

    @property
    def is_closed(self) -> bool:
        """Whether it does now."""
        ...

    def listen(self, listener: EdgeListener | None) -> bool:
        """Call `listener` for every edge, bounces included, on a thread of the pin factory.

        Returns:
            Whether the kernel reports edges here.
        """
        ...

    def close(self) -> None:
        """Stop the callbacks and release the pin."""
        ...


class LevelPin(Protocol):
    """A pin that something outside drives."""

    @property
    def is_high(self) -> bool:
        """Whether it is high now.

        Raises:
            DeviceLostError: The pin does not answer.
        """
        ...

    def close(self) -> None:
        """Release the pin."""
        ...


class Encoder(Protocol):
    """A rotary encoder; a detent is one whole cycle of its two contacts."""

    when_rotated_clockwise: Callable[[], None] | None
    when_rotated_counter_clockwise: Callable[[], None] | None
    """Called on a thread of the pin factory, once per detent."""

    def close(self) -> None:
        """Stop the callbacks and release the pins."""
        ...


class Contact:
    """A pulled-up pin with a switch to ground: gpiozero's device, with its edges unfiltered.

    gpiozero's own events leave out an edge whose opposite was lost, and its debouncing
    differs from one pin factory to the next.

    Args:
        library: The gpiozero module.
        device: An `InputDevice` of it.
    """

    def __init__(self, library: ModuleType, device: Any) -> None:  # noqa: ANN401 (gpiozero has no types)
        self._library = library
        self._device = device
        self._switching = Lock()
        self._listener: EdgeListener | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the switch is closed now."""
        return bool(self._device.is_active)

    def listen(self, listener: EdgeListener | None) -> bool:
        """Call `listener` for every edge, bounces included; nobody if None.

        Returns:
            Whether the kernel reports edges here: since 6.6 it has none for RPi.GPIO,
            which says "Failed to add edge detection" (raspberrypi/linux#6037).
        """
        self._listener = listener
        with self._switching:
            if self._device.closed:
                return False
            try:
                self._device.pin.when_changed = None if listener is None else self._on_edge
            except _edge_errors(self._library):
                return False
        return True

    def close(self) -> None:
        """Stop the calls and release the pin."""
        self.listen(None)
        with self._switching:
            self._device.close()

    def _on_edge(self, ticks: float, level: int) -> None:
        listener = self._listener
        if listener is not None:
            factory = self._device.pin_factory
            age_s = factory.ticks_diff(factory.ticks(), ticks)
            age_s = age_s if PROMPT_S < age_s < OLDEST_S else 0.0
            listener(age_s, is_closed=not level)


class SensedPin:
    """An input whose level is read when somebody asks: gpiozero's device.

    Args:
        device: An `InputDevice` of gpiozero.
        active_high: What its "active" means.
        in_use: Translates what it raises.
    """

    def __init__(
        self,
        device: Any,  # noqa: ANN401 (gpiozero has no types)
        in_use: Callable[[], AbstractContextManager[None]],
        *,
        active_high: bool,
    ) -> None:
        self._device = device
        self._in_use = in_use
        self._active_high = active_high

    @property
    def is_high(self) -> bool:
        """See `LevelPin.is_high`."""
        with self._in_use():
            return bool(self._device.is_active) == self._active_high

    def close(self) -> None:
        """Release the pin."""
        self._device.close()


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
        make = self._library.PWMOutputDevice
        opened = self._open(make, device, pin, active_high=active_high, initial_value=initial)
        return cast("OutputPin", opened)

    @contextmanager
    def in_use(self, device: str, pin: int) -> Iterator[None]:
        """Translate what gpiozero raises when an open pin fails.

        Raises:
            DeviceLostError: It did.
        """
        try:
            yield
        except _library_errors(self._library) as error:
            raise DeviceLostError(device, f"GPIO{pin} does not answer: {error}") from error

    def switch(self, device: str, pin: int, *, active_high: bool, initial: float = 0) -> OutputPin:
        """Open `pin` as an output that is on or off."""
        make, is_on = self._library.OutputDevice, bool(initial)
        opened = self._open(make, device, pin, active_high=active_high, initial_value=is_on)
        return cast("OutputPin", opened)

    def contact(self, device: str, pin: int) -> InputPin:
        """Open `pin` as a pulled-up input with a switch to ground."""
        opened = self._open(self._library.InputDevice, device, pin, pull_up=True)
        return Contact(self._library, opened)

    def sense(self, device: str, pin: int, *, pull: Pull) -> LevelPin:
        """Open `pin` as an input that is pulled up, down, or by nobody but what is outside."""
        # gpiozero takes what pulls for what is inactive, and leaves no choice in that.
        options = {"pull_up": _PULLS[pull]} | ({"active_state": True} if pull == "none" else {})
        opened = self._open(self._library.InputDevice, device, pin, **options)
        return SensedPin(opened, lambda: self.in_use(device, pin), active_high=pull != "up")

    def encoder(self, device: str, a_pin: int, b_pin: int) -> Encoder:
        """Open two pulled-up pins with a rotary encoder to ground.

        gpiozero follows the order of the contacts, which a single bouncing one does not
        change, and needs no time to settle. Without edges there is no following it.
        """
        for pin in (a_pin, b_pin):
            self.contact(device, pin).close()
        encode = self._library.RotaryEncoder
        try:
            return cast("Encoder", encode(a_pin, b_pin, max_steps=0, pin_factory=self._factory))
        except _edge_errors(self._library) as error:
            raise HardwareError(
                device,
                f"no edges of GPIO{a_pin} and GPIO{b_pin} are reported ({error}): "
                "unset GPIOZERO_PIN_FACTORY to use lgpio",
            ) from _untraced(error)

    def _open(
        self, make: Callable[..., object], device: str, pin: int, **options: object
    ) -> object:
        try:
            return make(pin, pin_factory=self._factory, **options)
        except _library_errors(self._library) as error:
            raise _translate(self._library, error, device, pin) from _untraced(error)


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
    with _choosing:
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
            f"may not open {chips[0]}: {how_to_join('gpio')}",
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
        factory = known[name].load()()
        if name == "lgpio":
            factory.pin_class = left_as_driven(factory.pin_class)
    except ImportError as error:
        package = FACTORY_PACKAGES.get(name, "see gpiozero's manual, section Pins")
        raise DriverMissingError(device, f"{name} (for gpiozero)", package) from error
    except _library_errors(library) as error:
        raise HardwareError(device, f"the pin factory {name} does not start: {error}") from error
    return cast("object", factory)


def left_as_driven(pin_class: type[Any]) -> type[Any]:
    """Return `pin_class` with outputs that stay as they are driven when they are closed.

    gpiozero turns them into inputs, so that they float. What becomes of a line that is let
    go of as an output is up to the kernel: a Raspberry Pi's leaves it as it is, others make
    it an input (raspberrypi/linux#6117).
    """

    class LeftPin(pin_class):  # type: ignore[misc]  # gpiozero has no types
        def close(self) -> None:
            if self.function == "input":
                super().close()

        def _set_frequency(self, value: float | None) -> None:
            """Start or stop the pulses; without them nothing is between on and off."""
            is_ending = self.frequency is not None and value is None
            is_high = is_ending and self.state == 1
            super()._set_frequency(value)
            if is_ending:
                pin: Any = self
                pin.state = is_high

    return LeftPin


def _library_errors(library: ModuleType) -> tuple[type[Exception], ...]:
    """Return what gpiozero and its pin factories raise; lgpio's own error has no base class."""
    lgpio_error = getattr(sys.modules.get("lgpio"), "error", OSError)
    return (library.GPIOZeroError, lgpio_error, OSError)


def _edge_errors(library: ModuleType) -> tuple[type[Exception], ...]:
    """Return what pin factories raise that cannot report edges; RPi.GPIO a RuntimeError."""
    return (RuntimeError, *_library_errors(library))


def _untraced(error: Exception) -> Exception:
    """Take the tracebacks off a library's error, and off what it came of.

    They keep the device alive that failed to open, and for gpiozero a device that lives
    reserves its pin: whoever kept the error would never get that pin.
    """
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__context__
    return error


def _translate(library: ModuleType, error: Exception, device: str, pin: int) -> HardwareError:
    if isinstance(error, library.GPIOPinInUse):
        return DeviceBusyError(device, f"GPIO{pin} is used twice: give it another pin")
    if isinstance(error, library.PinInvalidPin):
        return DeviceNotFoundError(
            device,
            f"this board has no GPIO{pin}: pins are numbered as Broadcom does (GPIO17 is 17)",
        )
    if isinstance(error, library.PinPWMUnsupported):
        return BadFormatError(
            device, "this pin factory cannot dim: unset GPIOZERO_PIN_FACTORY to use lgpio"
        )
    if "busy" in str(error).lower():
        return DeviceBusyError(device, f"another program holds GPIO{pin}: `gpioinfo` shows which")
    return HardwareError(device, f"GPIO{pin} does not open: {error}")
