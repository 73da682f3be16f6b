"""The clocks of this machine, and whether its wall clock can be trusted."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from myna.timers.plan import Moment

_LOCALTIME: Final = Path("/etc/localtime")
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")

_SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")
"""Touched by systemd-timesyncd on each synchronisation (systemd-timesyncd.service(8), FILES)."""

_MOST_ERROR_US: Final = 16_000_000
"""The kernel's bound of its error before a time server was heard, and again nine hours
after the last time. Like `timedatectl` this asks for the bound and not for STA_UNSYNC,
which chrony leaves set where the kernel is not to write the RTC (systemd, timedated.c,
ntp_synced; adjtimex(2), maxerror)."""


class _Timex(ctypes.Structure):
    """The head of `struct timex` (adjtimex(2)); the rest is room."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("rest", ctypes.c_char * 512),
    )


class Clocks(Protocol):
    """Something that tells the time."""

    def now(self) -> Moment:
        """Return what all clocks say now."""
        ...


class SystemClocks:
    """The clocks of this machine.

    Once the wall clock was right it is trusted until the daemon ends: it drifts by
    seconds a day.

    Args:
        is_trusted: It is right from the beginning, whatever the kernel says.
        is_synchronised: Asks whether a time server has set it.
    """

    def __init__(
        self, *, is_trusted: bool, is_synchronised: Callable[[], bool] | None = None
    ) -> None:
        self._is_sure = is_trusted
        self._is_synchronised = is_synchronised or is_synchronised_now
        self._boot_id = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else ""

    def now(self) -> Moment:
        """Return what all clocks say now."""
        self._is_sure = self._is_sure or self._is_synchronised()
        return Moment(
            wall_s=time.time(),
            boot_s=time.clock_gettime(time.CLOCK_BOOTTIME),
            boot_id=self._boot_id,
            zone=local_zone(),
            is_sure=self._is_sure,
        )


def is_synchronised_now() -> bool:
    """Tell whether a time server has set the wall clock in this boot."""
    error_us = _error_us()
    return (error_us is not None and error_us < _MOST_ERROR_US) or _SYNCHRONISED.exists()


def local_zone(link: Path = _LOCALTIME) -> tzinfo:
    """Return the zone of this place, read anew: somebody may have changed it.

    That of `$TZ` where it names one, else that of /etc/localtime, else UTC.
    """
    name = os.environ.get("TZ", "").removeprefix(":")
    try:
        if not name:
            _, _, name = str(link.resolve(strict=True)).partition("/zoneinfo/")
        if name:
            return ZoneInfo(name)
        with link.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        # What the C library makes of it: $TZ may hold a rule, such as CET-1CEST.
        return datetime.now(UTC).astimezone().tzinfo or UTC


def local_time() -> datetime:
    """Return the time here."""
    return datetime.now(local_zone())


def _error_us() -> int | None:
    """Return how wrong the kernel thinks the wall clock may be; None where it does not say."""
    timex = _Timex()
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else int(timex.maxerror)
