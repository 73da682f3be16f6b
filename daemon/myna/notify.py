"""Tell systemd how the daemon is (sd_notify(3), "Standalone Implementations").

Every message is one datagram; nothing here blocks or raises, because a service
manager that does not listen is no reason to stop listening to people.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import MutableMapping
from typing import Final

_PINGS_PER_LIMIT: Final = 20
"""sd_watchdog_enabled(3) asks for at least two. With so many, what hangs was fed a second
ago at most when it began to, and is healed that much sooner; and a late one is forgiven."""


class Notifier:
    """The line to systemd; silent where there is none.

    Attributes:
        is_heard: Whether there is a service manager.
        watchdog_interval_s: How often to call `watchdog`; None if systemd does not wait for it.
    """

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        """Take the variables out of `environ`, so that no child process inherits them."""
        address = environ.pop("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket: socket.socket | None = None
        self.is_heard = bool(address)
        self.watchdog_interval_s = _watchdog_interval_s(
            environ.pop("WATCHDOG_USEC", ""), environ.pop("WATCHDOG_PID", "")
        )
        if self._address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.settimeout(0)

    def ready(self) -> None:
        """Say that start-up is over."""
        self._send("READY=1")

    def reloading(self) -> None:
        """Say that the configuration is being read; `ready` follows (sd_notify(3))."""
        now_us = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._send(f"RELOADING=1\nMONOTONIC_USEC={now_us}")

    def extend(self, seconds: float) -> None:
        """Ask for so much time until the start or the end must be over."""
        self._send(f"EXTEND_TIMEOUT_USEC={round(seconds * 1_000_000)}")

    def status(self, text: str) -> None:
        """Say in plain words how things are; `systemctl status` shows it."""
        self._send("STATUS=" + " ".join(text.split()))

    def stopping(self) -> None:
        """Say that the daemon is on its way out."""
        self._send("STOPPING=1")

    def watchdog(self) -> None:
        """Say that everything still moves."""
        self._send("WATCHDOG=1")

    def close(self) -> None:
        """Hang up; idempotent."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def _send(self, message: str) -> None:
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.sendto(message.encode("utf-8", "replace"), self._address)


def _watchdog_interval_s(limit_us: str, pid: str) -> float | None:
    if not limit_us.isdecimal() or int(limit_us) == 0 or pid not in ("", str(os.getpid())):
        return None
    return int(limit_us) / 1_000_000 / _PINGS_PER_LIMIT
