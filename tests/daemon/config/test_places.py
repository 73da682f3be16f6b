from __future__ import annotations

from pathlib import Path

import pytest

from myna.config import Config, ControlSettings, StateSettings
from myna.config.places import control_socket, state_dir

SERVICE = {"STATE_DIRECTORY": "/var/lib/myna:/var/lib/other", "RUNTIME_DIRECTORY": "/run/myna"}
USER = {"HOME": "/home/ada", "XDG_RUNTIME_DIR": "/run/user/1000"}


@pytest.mark.parametrize(
    ("environ", "uid", "folder"),
    [
        (SERVICE, 990, "/var/lib/myna"),
        ({}, 0, "/var/lib/myna"),
        (USER, 1000, "/home/ada/.local/state/myna"),
        ({**USER, "XDG_STATE_HOME": "/data"}, 1000, "/data/myna"),
    ],
)
def test_state_dir_suits_who_runs_the_daemon(
    environ: dict[str, str], uid: int, folder: str
) -> None:
    assert state_dir(Config(), environ, uid) == Path(folder)


@pytest.mark.parametrize(
    ("environ", "uid", "path"),
    [
        (SERVICE, 990, "/run/myna/control.sock"),
        ({}, 0, "/run/myna/control.sock"),
        (USER, 1000, "/run/user/1000/myna/control.sock"),
        ({}, 1000, "/tmp/myna-1000/control.sock"),  # noqa: S108 - what is tested
    ],
)
def test_control_socket_suits_who_runs_the_daemon(
    environ: dict[str, str], uid: int, path: str
) -> None:
    assert control_socket(Config(), environ, uid) == Path(path)


def test_configured_places_win() -> None:
    config = Config(
        state=StateSettings(dir=Path("/s")), control=ControlSettings(socket=Path("/c.sock"))
    )
    assert state_dir(config, SERVICE, 0) == Path("/s")
    assert control_socket(config, SERVICE, 0) == Path("/c.sock")


def test_places_are_those_of_this_user_when_none_is_named() -> None:
    assert control_socket(Config(), USER) in (
        Path("/run/myna/control.sock"),
        Path("/run/user/1000/myna/control.sock"),
    )
