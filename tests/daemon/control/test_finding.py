"""Which daemon a command asks."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from myna.config import Config, ControlSettings
from myna.control.finding import is_answered, running_socket


@contextmanager
def daemon_at(path: Path) -> Iterator[None]:
    path.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        yield
    # The file stays, as after a daemon that was killed.


def test_a_user_without_a_daemon_asks_the_service(tmp_path: Path) -> None:
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    own, system = tmp_path / "myna" / "control.sock", tmp_path / "system.sock"
    assert running_socket(Config(), environ, 1000, system) == own
    with daemon_at(system):
        assert running_socket(Config(), environ, 1000, system) == system
        with daemon_at(own):
            assert running_socket(Config(), environ, 1000, system) == own
        assert own.exists()
        assert running_socket(Config(), environ, 1000, system) == system, "their own has died"


@pytest.mark.parametrize("by", ["configuration", "systemd"])
def test_a_place_that_is_named_is_the_only_one(by: str, tmp_path: Path) -> None:
    named, system = tmp_path / "named" / "control.sock", tmp_path / "system.sock"
    settings = ControlSettings(socket=named if by == "configuration" else None)
    environ = {"RUNTIME_DIRECTORY": str(named.parent)} if by == "systemd" else {}
    with daemon_at(system):
        assert running_socket(Config(control=settings), environ, 0, system) == named


def test_who_is_too_busy_to_accept_is_there(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as caller:
        server.bind(str(path))
        server.listen(0)
        caller.connect(str(path))
        assert is_answered(path)


def test_a_socket_of_another_kind_is_somebody_elses(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(str(path))
        assert is_answered(path)


def test_what_a_dead_daemon_left_behind_answers_nobody(tmp_path: Path) -> None:
    path = tmp_path / "myna" / "control.sock"
    with daemon_at(path):
        assert is_answered(path)
    assert path.exists()
    assert not is_answered(path)
