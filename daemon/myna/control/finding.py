"""Finding the running daemon: which control socket a command asks."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path

from myna.config import Config
from myna.config.places import SYSTEM_SOCKET, control_socket


def running_socket(
    config: Config,
    environ: Mapping[str, str],
    uid: int | None = None,
    system: Path = SYSTEM_SOCKET,
) -> Path:
    """Return the control socket that a command asks: the user's own daemon, else the service.

    A place that is named, by `control.socket` or by systemd, is the only one.
    """
    own = control_socket(config, environ, uid)
    is_named = bool(config.control.socket or environ.get("RUNTIME_DIRECTORY"))
    if is_named or is_answered(own) or not is_answered(system):
        return own
    return system


def is_answered(path: Path) -> bool:
    """Whether somebody listens there; who is too busy, closed to us, or odd counts as yes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(0)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError, NotADirectoryError):
            return False  # nothing, or what a daemon that died has left behind
        except OSError:
            return True
        return True
