"""The kernel's SPI buses, through the real library; there is none on this machine."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from myna_hardware.errors import (
    DeviceLostError,
    DeviceNotFoundError,
    DriverMissingError,
    HardwareError,
)
from myna_hardware.pins import is_spi_name
from myna_hardware.spi import LinuxSpiBus, SimulatedSpiBus, check_spi, list_spi_buses


def open_bus(folder: Path) -> LinuxSpiBus:
    return LinuxSpiBus("lights", "0.0", 1_000_000, folder)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_missing_bus_is_told_with_how_to_switch_it_on(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFoundError) as refusal:
        open_bus(tmp_path)
    text = str(refusal.value)
    assert text.startswith(f"lights: there is no {tmp_path}/spidev0.0")
    assert "raspi-config nonint do_spi 0" in text
    assert "dtparam=spi=on" in text


def test_forbidden_bus_is_told_with_the_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "spidev0.0"
    path.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(HardwareError, match=r"may not open .*usermod -aG spi"):
        check_spi("lights", path)


def test_what_is_no_bus_is_refused_and_left_closed(tmp_path: Path) -> None:
    (tmp_path / "spidev0.0").touch()
    before = open_files()
    with pytest.raises(HardwareError, match="does not answer: Inappropriate ioctl"):
        open_bus(tmp_path)
    assert open_files() == before


def test_missing_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spidev0.0").touch()
    monkeypatch.setitem(sys.modules, "Adafruit_PureIO.spi", None)
    with pytest.raises(DriverMissingError, match="pip install Adafruit-PureIO"):
        open_bus(tmp_path)


def test_bus_sends_in_one_transfer_and_tells_a_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel is played: ioctl is where the library reaches it."""
    from Adafruit_PureIO import spi as library

    (tmp_path / "spidev0.0").touch()
    calls: list[int] = []
    fault: list[OSError] = []

    def ioctl(_handle: int, request: int, *_arguments: object) -> int:
        calls.append(request)
        if fault:
            raise fault[0]
        return 0

    monkeypatch.setattr(library, "ioctl", ioctl)
    bus = open_bus(tmp_path)
    calls.clear()
    bus.write(bytes(2000))
    assert calls == [0x40206B00]  # SPI_IOC_MESSAGE(1), linux/spi/spidev.h
    for code in (errno.ESHUTDOWN, errno.ETIMEDOUT):
        fault[:] = [OSError(code, os.strerror(code))]
        with pytest.raises(DeviceLostError, match=r"spidev0\.0 does not answer: [CT]"):
            bus.write(b"\0")
    before = open_files()
    bus.close()
    assert open_files() == before - 1
    with (tmp_path / "other").open("w") as other:  # takes the number that became free
        bus.close()
        other.write("still open")


def test_buses_are_listed_by_the_names_that_the_configuration_takes(tmp_path: Path) -> None:
    for name in ("spidev10.0", "spidev0.1", "spidev0.0", "gpiochip0"):
        (tmp_path / name).touch()
    names = list_spi_buses(tmp_path)
    assert names == ["0.0", "0.1", "10.0"]
    assert all(is_spi_name(name) for name in names)


def test_simulated_bus_has_the_same_errors() -> None:
    bus = SimulatedSpiBus()
    bus.write(b"\1")
    bus.unplug()
    with pytest.raises(DeviceLostError, match=r"^lights: /dev/spidev0\.0 does not answer: Cannot"):
        bus.write(b"\2")
    with pytest.raises(DeviceNotFoundError, match=r"there is no /dev/spidev0\.0"):
        bus.open()
    bus.plug()
    bus.open().write(b"\3")
    bus.close()
    with pytest.raises(DeviceLostError):
        bus.write(b"\4")
    assert bus.sent == [b"\1", b"\3"]
