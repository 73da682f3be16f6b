"""SPI buses, real or simulated: the only file that imports Adafruit_PureIO.

That library speaks to the kernel's spidev driver in plain Python: nothing to compile, and
no root, only the group `spi`.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

from myna_hardware.errors import (
    DeviceLostError,
    DeviceNotFoundError,
    DriverMissingError,
    HardwareError,
)
from myna_hardware.groups import how_to_join

LARGEST_BYTES: Final = 4096
"""More than this the kernel's spidev takes in pieces (its parameter `bufsiz`), with pauses
between them."""


class SpiBus(Protocol):
    """The data line of a bus, and its clock."""

    def write(self, data: bytes) -> None:
        """Send `data`, at most `LARGEST_BYTES`, without a pause in it.

        Raises:
            DeviceLostError: The bus failed.
        """
        ...

    def close(self) -> None:
        """Release the bus; idempotent, and never raises."""
        ...


class LinuxSpiBus:
    """A bus of the kernel's, as `/dev/spidev0.0`.

    Args:
        device: For whom, in the words of the configuration; errors name it.
        name: Bus and device, "0.0".
        speed_hz: Of the clock, at most.
        folder: Where the kernel's devices are.

    Raises:
        DriverMissingError: The library is not installed.
        DeviceNotFoundError: There is no such bus.
        HardwareError: This user may not open it, or it is no SPI bus.
    """

    def __init__(self, device: str, name: str, speed_hz: int, folder: Path = Path("/dev")) -> None:
        self._device = device
        self._path = folder / f"spidev{name}"
        self._is_closed = False
        check_spi(device, self._path)
        self._bus = self._open(speed_hz)

    def write(self, data: bytes) -> None:
        """Send `data`.

        Raises:
            DeviceLostError: The bus failed.
        """
        try:
            self._bus.transfer(data)
        except OSError as error:
            raise DeviceLostError(self._device, _fault(self._path, error)) from error

    def close(self) -> None:
        """Release the bus."""
        if not self._is_closed:
            self._is_closed = True
            with suppress(OSError):
                os.close(self._bus.handle)  # the library opens it, and leaves closing to us

    def _open(self, speed_hz: int) -> Any:  # noqa: ANN401 (the library has no types)
        library = _library(self._device)
        try:
            bus = library(str(self._path))
        except OSError as error:
            raise HardwareError(self._device, _fault(self._path, error)) from error
        try:
            bus.mode = 0
            bus.max_speed_hz = speed_hz
        except OSError as error:
            os.close(bus.handle)
            raise HardwareError(self._device, _fault(self._path, error)) from error
        return bus


class SimulatedSpiBus:
    """A bus that remembers what was sent, and can be pulled out.

    Args:
        device: For whom; errors name it.
        name: Bus and device, "0.0".

    Attributes:
        sent: What was written, in order.
    """

    def __init__(self, device: str = "lights", name: str = "0.0") -> None:
        self._device = device
        self._path = Path(f"/dev/spidev{name}")
        self._is_plugged = True
        self._is_closed = False
        self.sent: list[bytes] = []

    def open(self) -> SimulatedSpiBus:
        """Open it again, as a driver does after a loss.

        Raises:
            DeviceNotFoundError: It is pulled out.
        """
        if not self._is_plugged:
            raise DeviceNotFoundError(self._device, _absence(self._path))
        self._is_closed = False
        return self

    def write(self, data: bytes) -> None:
        """Remember `data`.

        Raises:
            DeviceLostError: It is pulled out, or closed.
        """
        if not self._is_plugged or self._is_closed:
            error = OSError(errno.ESHUTDOWN, os.strerror(errno.ESHUTDOWN))
            raise DeviceLostError(self._device, _fault(self._path, error))
        self.sent.append(data)

    def unplug(self) -> None:
        """Pull it out, as an overlay that is removed does."""
        self._is_plugged = False

    def plug(self) -> None:
        """Put it back; what was open stays lost."""
        self._is_plugged = True

    def close(self) -> None:
        """Release it."""
        self._is_closed = True


def list_spi_buses(folder: Path = Path("/dev")) -> list[str]:
    """Return the buses of this machine, as `lights.spi` takes them."""
    return sorted(path.name.removeprefix("spidev") for path in folder.glob("spidev*"))


def check_spi(device: str, path: Path) -> None:
    """Refuse a bus that is not there, and a user who may not open it.

    Raises:
        DeviceNotFoundError: It is not there.
        HardwareError: This user may not open it.
    """
    if not path.exists():
        raise DeviceNotFoundError(device, _absence(path))
    if not os.access(path, os.R_OK | os.W_OK):
        raise HardwareError(
            device,
            f"may not open {path}: {how_to_join('spi')}",
        )


def _library(device: str) -> Any:  # noqa: ANN401 (the library has no types)
    try:
        from Adafruit_PureIO.spi import SPI
    except ImportError as error:
        raise DriverMissingError(
            device, "Adafruit-PureIO", "pip install Adafruit-PureIO"
        ) from error
    return SPI


def _absence(path: Path) -> str:
    return (
        f"there is no {path}: switch SPI on with `sudo raspi-config nonint do_spi 0` "
        "(dtparam=spi=on in /boot/firmware/config.txt) and restart"
    )


def _fault(path: Path, error: OSError) -> str:
    cause = error.strerror or error
    return f"{path} does not answer: {cause}; `ls {path}` shows whether SPI is still on"
