"""Chips that the kernel drives, read from its files: industrial I/O, hardware monitoring.

An overlay of the Pi's firmware brings each (`dtoverlay=i2c-sensor,sht3x`); no library is
needed, and whatever the kernel knows works.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from myna_hardware.errors import DeviceNotFoundError, HardwareError
from myna_hardware.interfaces import Quantity
from myna_hardware.sensors.quantities import measured


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a quantity stands.

    Attributes:
        kind: What it is.
        stems: Beginnings of the files' names; the first that is there counts.
        factor: From the kernel's unit to ours.
    """

    kind: str
    stems: tuple[str, ...]
    factor: float


@dataclass(frozen=True, slots=True)
class Subsystem:
    """One kind of the kernel's folders.

    Attributes:
        folder: Where they are, below the root.
        pattern: What they are called.
        channels: What may stand in one.
        none: What is said when there is no such chip.
    """

    folder: Path
    pattern: str
    channels: tuple[Channel, ...]
    none: str


_OVERLAY: Final = (
    "add its overlay to /boot/firmware/config.txt, such as dtoverlay=i2c-sensor,{example}, and "
    "restart"
)

IIO: Final = Subsystem(
    Path("sys/bus/iio/devices"),
    "iio:device*",
    # Milli degrees, milli percent, kilopascals and lux, for _input as well as for what
    # becomes of _raw (Documentation/ABI/testing/sysfs-bus-iio).
    (
        Channel("temperature", ("in_temp", "in_temp0"), 0.001),
        Channel("humidity", ("in_humidityrelative",), 0.001),
        Channel("pressure", ("in_pressure", "in_pressure0"), 10),
        Channel("light", ("in_illuminance", "in_illuminance0"), 1),
    ),
    _OVERLAY.format(example="bh1750"),
)

HWMON: Final = Subsystem(
    Path("sys/class/hwmon"),
    "hwmon*",
    # Milli degrees and milli percent (Documentation/hwmon/sysfs-interface.rst).
    (
        Channel("temperature", ("temp1",), 0.001),
        Channel("humidity", ("humidity1",), 0.001),
    ),
    _OVERLAY.format(example="sht3x"),
)


class KernelChip:
    """One chip, with everything that it tells.

    Args:
        device: The sensor; errors name it.
        chip: Its name, or that of its folder where several have the same.
        subsystem: Where to look.
        root: Where `sys` is.

    Raises:
        DeviceNotFoundError: There is no such chip, or there are several.
    """

    def __init__(self, device: str, chip: str | None, subsystem: Subsystem, root: Path) -> None:
        self._device = device
        self._chip = chip
        self._folder = _find(device, chip, subsystem, root)
        self._channels = subsystem.channels

    def read(self) -> tuple[Quantity, ...]:
        """Read every quantity that the chip has.

        Raises:
            HardwareError: It does not answer, or tells nothing that is known here.
        """
        told = [
            measured(self._device, channel.kind, channel.factor * number)
            for channel in self._channels
            if (number := self._number(channel)) is not None
        ]
        if not told:
            raise HardwareError(
                self._device,
                f"{self._folder} tells no temperature, humidity, pressure or light: is it another?",
            )
        return tuple(told)

    def close(self) -> None:
        """Release nothing: the kernel has it."""

    def _number(self, channel: Channel) -> float | None:
        try:
            told = (self._at(stem) for stem in channel.stems)
            return next((number for number in told if number is not None), None)
        except (OSError, ValueError) as error:
            raise HardwareError(
                self._device, f"{self._chip} does not answer ({error}): check its wires"
            ) from error

    def _at(self, stem: str) -> float | None:
        """Return a number in the kernel's unit; None where the chip has none."""
        finished = self._folder / f"{stem}_input"
        if finished.exists():
            return float(finished.read_text())
        raw = self._folder / f"{stem}_raw"
        if not raw.exists():
            return None
        return (float(raw.read_text()) + self._term(stem, "offset", 0)) * self._term(
            stem, "scale", 1
        )

    def _term(self, stem: str, term: str, default: float) -> float:
        path = self._folder / f"{stem}_{term}"
        return float(path.read_text()) if path.exists() else default


def list_chips(subsystem: Subsystem, root: Path) -> list[str]:
    """Return the names of the chips that tell something that is known here."""
    return sorted(
        name
        for name, folder in _chips(subsystem, root)
        if any(
            (folder / f"{stem}_{end}").exists()
            for channel in subsystem.channels
            for stem in channel.stems
            for end in ("input", "raw")
        )
    )


def _chips(subsystem: Subsystem, root: Path) -> Iterator[tuple[str, Path]]:
    for folder in sorted((root / subsystem.folder).glob(subsystem.pattern)):
        try:
            yield (folder / "name").read_text().strip(), folder
        except OSError:
            continue  # it has just gone


def _find(device: str, chip: str | None, subsystem: Subsystem, root: Path) -> Path:
    chips = list(_chips(subsystem, root))
    found = [folder for name, folder in chips if chip in (name, folder.name)]
    if len(found) == 1:
        return found[0]
    if found:
        folders = ", ".join(folder.name for folder in found)
        raise DeviceNotFoundError(
            device, f"there are several called {chip}: set device to one of {folders}"
        )
    there = ", ".join(name for name, _ in chips) or "none"
    raise DeviceNotFoundError(
        device, f"the kernel has no chip {chip} (there are: {there}): {subsystem.none}"
    )
