"""Trees of files as the kernel shows its sensors in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

NUMBER: Final = "28-0300a279f7d1"
GARBLED: Final = (
    "50 05 4b 46 7f ff 0c 10 1c : crc=1c NO\n50 05 4b 46 7f ff 0c 10 1c t=85000\n",
    "ff ff ff ff ff ff ff ff ff : crc=c9 NO\nff ff ff ff ff ff ff ff ff t=-62\n",
    "",
)
"""What w1_therm shows when the checksum is wrong, or nothing at all."""

AT_POWER_ON: Final = "50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n"
"""Of a DS18B20 without its supply (w1thermsensor#75)."""


def put_thermometer(root: Path, milli_celsius: int = 21437, number: str = NUMBER) -> Path:
    """Put a thermometer on the wire; return the file that is read."""
    count = round(milli_celsius / 62.5) & 0xFFFF
    bytes_told = f"{count & 0xFF:02x} {count >> 8:02x} 4b 46 7f ff 0c 10 1c"
    return put_w1_text(root, f"{bytes_told} : crc=1c YES\n{bytes_told} t={milli_celsius}\n", number)


def put_w1_text(root: Path, text: str, number: str = NUMBER) -> Path:
    """Let a thermometer tell `text`."""
    folder = root / "sys/bus/w1/devices" / number
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "w1_slave"
    file.write_text(text)
    return file


def put_chip(folder: Path, name: str, files: Mapping[str, object]) -> Path:
    """Put a chip of the kernel's into `folder`, as industrial I/O and hwmon show theirs."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, value in {"name": name, **files}.items():
        (folder / file).write_text(f"{value}\n")
    return folder


def put_processor(root: Path, milli_celsius: int = 48312) -> Path:
    """Give the machine's processor a thermometer; return its file."""
    file = root / "sys/class/thermal/thermal_zone0/temp"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{milli_celsius}\n")
    return file
