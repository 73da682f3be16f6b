from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from myna.notify import Notifier


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """The service manager's end of the line."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(5)
        yield manager


@pytest.fixture
def notifier(systemd: socket.socket) -> Iterator[Notifier]:
    notifier = Notifier({"NOTIFY_SOCKET": systemd.getsockname()})
    yield notifier
    notifier.close()


def test_notifier_sends_each_message_as_systemd_reads_it(
    notifier: Notifier, systemd: socket.socket
) -> None:
    notifier.ready()
    notifier.status("kein Netz,\nnächster Versuch in 8 s")
    notifier.watchdog()
    notifier.stopping()
    assert [systemd.recv(1024).decode() for _ in range(4)] == [
        "READY=1",
        "STATUS=kein Netz, nächster Versuch in 8 s",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


def test_notifier_reaches_an_abstract_socket() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0myna-test-{os.getpid()}")
        notifier = Notifier({"NOTIFY_SOCKET": f"@myna-test-{os.getpid()}"})
        notifier.ready()
        notifier.close()
        assert manager.recv(1024) == b"READY=1"


def test_notifier_takes_its_variables_out_of_the_environment() -> None:
    environ = {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1", "HOME": "/"}
    Notifier(environ).close()
    assert environ == {"HOME": "/"}


def test_notifier_is_silent_where_nobody_listens(tmp_path: Path) -> None:
    for environ in ({}, {"NOTIFY_SOCKET": str(tmp_path / "missing")}):
        notifier = Notifier(dict(environ))
        notifier.ready()
        notifier.close()
        notifier.close()
        notifier.stopping()


def test_notifier_does_not_block_when_systemd_stalls(
    notifier: Notifier, systemd: socket.socket
) -> None:
    for number in range(5000):
        notifier.status(f"{number}")
    assert systemd.recv(1024) == b"STATUS=0"


@pytest.mark.parametrize(
    ("usec", "pid", "interval_s"),
    [
        ("20000000", "", 1.0),
        ("20000000", str(os.getpid()), 1.0),
        ("20000000", "1", None),
        ("0", "", None),
        ("", "", None),
        ("soon", "", None),
    ],
)
def test_notifier_reads_the_watchdog_interval(
    usec: str, pid: str, interval_s: float | None
) -> None:
    environ = {"WATCHDOG_USEC": usec, "WATCHDOG_PID": pid}
    assert Notifier(environ).watchdog_interval_s == interval_s
