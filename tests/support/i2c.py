"""An I2C bus with simulated chips, below smbus2: at the calls into the kernel's i2c-dev."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path
from typing import Any

import pytest
import smbus2.smbus2

SLAVE, FUNCS, SMBUS = 0x0703, 0x0705, 0x0720
READ = 1
BYTE_DATA, BLOCK_DATA = 2, 8
"""uapi/linux/i2c-dev.h and i2c.h."""


class Chip:
    """256 registers."""

    def __init__(self, chip_id: int) -> None:
        self.registers = bytearray(256)
        self.registers[0xD0] = chip_id

    def put(self, register: int, data: bytes) -> None:
        """Set registers, as the factory and the measuring do."""
        self.registers[register : register + len(data)] = data

    def write(self, register: int, data: bytes) -> None:
        """Take what the bus writes."""
        self.put(register, data)


class Bme280(Chip):
    """A BME280 with the calibration of the example in Bosch's BMP280 datasheet (3.12).

    It tells 25.08 °C and 1006.53 hPa, as that does, and 55.0 % by the BME280's formula (4.2.3).
    It measures when it is told to (forced mode); before, it holds what it does after a reset.
    """

    def __init__(self) -> None:
        super().__init__(0x60)
        words = (27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000)
        self.put(0x88, b"".join(struct.pack("<H", word & 0xFFFF) for word in words))
        self.put(0xA1, bytes([75]))
        self.put(0xE1, struct.pack("<hB", 362, 0) + bytes([313 >> 4, 313 & 15 | (50 & 15) << 4]))
        self.put(0xE6, bytes([50 >> 4, 30]))
        self.temperature, self.pressure, self.humidity = 519888, 415148, 30000
        self._show(0x80000, 0x80000, 0x8000)

    def write(self, register: int, data: bytes) -> None:
        """Measure when the mode becomes forced; forget it all when reset."""
        super().write(register, data)
        if register == 0xE0:
            self._show(0x80000, 0x80000, 0x8000)
        if register == 0xF4 and data[0] & 3 in (1, 2):
            self._show(self.pressure, self.temperature, self.humidity)

    def _show(self, pressure: int, temperature: int, humidity: int) -> None:
        self.put(0xF7, _twenty(pressure) + _twenty(temperature) + struct.pack(">H", humidity))


class Bme680(Chip):
    """A BME680 with the calibration of a real one (pimoroni/bme680-python#11)."""

    def __init__(self) -> None:
        super().__init__(0x61)
        first = bytearray(25)
        first[1:4] = struct.pack("<hb", 26469, 3)
        first[5:10] = struct.pack("<Hhb", 36673, -10515, 88)[:5]
        first[11:15] = struct.pack("<hh", 7310, -129)
        first[15:17] = struct.pack("<bb", 46, 30)
        first[19:23] = struct.pack("<hh", -3177, -2379)
        first[23] = 30
        second = bytearray(16)
        second[0:3] = bytes([1029 >> 4, (1029 & 15) << 4 | 676 & 15, 676 >> 4])
        second[3:8] = struct.pack("<bbbBb", 0, 45, 20, 120, -100)
        second[8:10] = struct.pack("<H", 26041)
        second[10:14] = struct.pack("<hbb", -24754, -30, 18)
        self.put(0x89, bytes(first))
        self.put(0xE1, bytes(second))
        self.temperature, self.pressure, self.humidity = 501240, 353485, 19019

    def write(self, register: int, data: bytes) -> None:
        """Measure when the mode becomes forced, and sleep again."""
        super().write(register, data)
        if register == 0x74 and data[0] & 3 == 1:
            self.put(0x1F, _twenty(self.pressure) + _twenty(self.temperature))
            self.put(0x25, struct.pack(">H", self.humidity))
            self.registers[0x1D] |= 0x80


class I2cBus:
    """One bus; `chips` are on it, by address.

    Args:
        root: Where the bus's file is made, below `dev`.
        number: Of the bus.
    """

    def __init__(self, root: Path, number: int = 1) -> None:
        self.chips: dict[int, Chip] = {}
        self._address: dict[int, int] = {}
        path = root / "dev" / f"i2c-{number}"
        path.parent.mkdir(exist_ok=True)
        path.touch()

    def put_under(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Answer smbus2 from now on."""
        monkeypatch.setattr(smbus2.smbus2, "ioctl", self.ioctl)

    def ioctl(self, fd: int, request: int, argument: Any) -> int:  # noqa: ANN401 - C structures
        """Do what the kernel's i2c-dev does."""
        if request == FUNCS:
            argument.value = 0xEFF0009
        elif request == SLAVE:
            self._address[fd] = argument
        elif request == SMBUS:
            self._transfer(self._address[fd], argument)
        return 0

    def _transfer(self, address: int, message: Any) -> None:  # noqa: ANN401
        chip = self.chips.get(address)
        if chip is None:
            raise OSError(errno.EREMOTEIO, os.strerror(errno.EREMOTEIO))
        data = message.data.contents
        count = 1 if message.size == BYTE_DATA else data.block[0]
        offset = 0 if message.size == BYTE_DATA else 1
        if message.read_write == READ:
            told = chip.registers[message.command : message.command + count]
            for index, value in enumerate(told):
                data.block[offset + index] = value
        else:
            chip.write(message.command, bytes(data.block[offset : offset + count]))


def _twenty(value: int) -> bytes:
    """Return 20 bits, left-justified in three bytes."""
    return (value << 4).to_bytes(3, "big")
