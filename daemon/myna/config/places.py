"""Where the daemon keeps its state and its control socket."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from myna.config import Config

SYSTEM_STATE: Final = Path("/var/lib/myna")
OWN_TOOLS: Final = Path("/etc/myna/tools")
SYSTEM_SOCKET: Final = Path("/run/myna/control.sock")


def state_dir(config: Config, environ: Mapping[str, str], uid: int | None = None) -> Path:
    """Return the folder for what must survive a restart; it need not exist yet.

    Args:
        config: Its `state.dir` wins.
        environ: Then systemd's `$STATE_DIRECTORY`, then the user's `$XDG_STATE_HOME`.
        uid: Whose folder; None for the user of this process.
    """
    if config.state.dir:
        return config.state.dir
    if environ.get("STATE_DIRECTORY"):
        return _first(environ["STATE_DIRECTORY"])
    if _uid(uid) == 0:
        return SYSTEM_STATE
    home = environ.get("XDG_STATE_HOME") or Path(environ.get("HOME", "~"), ".local/state")
    return Path(home, "myna").expanduser()


def tools_folder(config: Config) -> Path:
    """Return where tools of your own lie; it need not exist."""
    return config.tools.folder or OWN_TOOLS


def control_socket(config: Config, environ: Mapping[str, str], uid: int | None = None) -> Path:
    """Return where this process, as the daemon, opens its control socket.

    `control.socket` wins, then systemd's `$RUNTIME_DIRECTORY`, then `/run/myna` for
    root and `$XDG_RUNTIME_DIR` for a user (without one, a folder of theirs in /tmp).
    """
    if config.control.socket:
        return config.control.socket
    if environ.get("RUNTIME_DIRECTORY"):
        return _first(environ["RUNTIME_DIRECTORY"]) / SYSTEM_SOCKET.name
    owner = _uid(uid)
    if owner == 0:
        return SYSTEM_SOCKET
    if environ.get("XDG_RUNTIME_DIR"):
        return Path(environ["XDG_RUNTIME_DIR"], "myna", SYSTEM_SOCKET.name)
    return Path(f"/tmp/myna-{owner}", SYSTEM_SOCKET.name)  # noqa: S108 - the server checks its owner


def _first(directories: str) -> Path:
    """The first folder: systemd joins several with colons (systemd.exec, StateDirectory=)."""
    return Path(directories.partition(":")[0])


def _uid(uid: int | None) -> int:
    return os.geteuid() if uid is None else uid
