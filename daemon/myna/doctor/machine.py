"""The machine underneath: power and disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from myna.doctor.commands import output_of
from myna.doctor.finding import Finding, fail, ok, skipped, warn

THROTTLED: Final = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
UNDERVOLTAGE: Final = 1 << 0 | 1 << 16
SLOWED: Final = 0b1110 | 0b1110 << 16
SINCE_BOOT: Final = 0xF0000
"""Bits of `vcgencmd get_throttled` (Raspberry Pi documentation, "vcgencmd"): what is now in
the lower half, what has been since the start in the upper."""

ROOM_BYTES: Final = 200_000_000
LEAST_ROOM_BYTES: Final = 20_000_000


def check_power(path: Path = THROTTLED) -> Finding:
    """Whether the Pi has had enough power, and has been cool enough."""
    text = read(path) or output_of("vcgencmd", "get_throttled").removeprefix("throttled=")
    try:
        bits = int(text, 16)
    except ValueError:
        return skipped("power", "this machine does not tell")
    when = "now" if bits & ~SINCE_BOOT else "since the start"
    if bits & UNDERVOLTAGE:
        return warn("power", "power-is-too-weak", f"undervoltage {when} ({bits:#x})")
    if bits & SLOWED:
        return warn("power", "processor-is-throttled", f"throttled {when} ({bits:#x})")
    return ok("power", "no undervoltage, not throttled")


def check_state(folder: Path) -> Finding:
    """Whether the state can be written, and has room."""
    place = next(each for each in (folder, *folder.parents) if exists(each))
    if place == folder and not _is_ours(folder):
        return skipped("state", f"{folder} is the service's: ask with sudo")
    try:
        if place == folder:
            _try_writing(folder)
        room_bytes = shutil.disk_usage(place).free
    except OSError as error:
        return fail("state", "state-cannot-be-written", f"{folder}: {error.strerror}")
    measured = f"{folder}: {room_bytes // 1_000_000:,} MB free"
    if room_bytes < LEAST_ROOM_BYTES:
        return fail("state", "disk-is-full", measured)
    if room_bytes < ROOM_BYTES:
        return warn("state", "disk-is-full", measured)
    return ok("state", measured)


def exists(path: Path) -> bool:
    """Whether something is there; what is closed to us counts as no."""
    try:
        return path.exists()
    except PermissionError:
        return False


def read(path: Path) -> str:
    """Return the text of a file of the kernel's; nothing if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _is_ours(folder: Path) -> bool:
    return os.geteuid() in {0, folder.stat().st_uid} or os.access(folder, os.W_OK)


def _try_writing(folder: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
        file.write(bytes(4096))
        file.flush()
        os.fsync(file.fileno())
