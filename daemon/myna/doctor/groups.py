"""Who may use what: the groups of whoever asks, and of the service."""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path
from typing import Final

from myna.config import Config
from myna.doctor.finding import Finding, fail, ok, skipped, warn
from myna.doctor.machine import exists, read

SERVICE_USER: Final = "myna"
_GROUP_LINES: Final = ("Gid:", "Grou")
"""Of proc_pid_status(5)."""


def check_your_groups(socket: Path) -> Finding:
    """Whether this user may talk to the running daemon at `socket`."""
    if os.geteuid() == 0:
        return ok("your groups", "you are root")
    if not exists(socket.parent):
        return skipped("your groups", "nothing runs that you could talk to")
    if os.access(socket.parent, os.X_OK) and (not exists(socket) or os.access(socket, os.W_OK)):
        return ok("your groups", f"{socket} is open to you")
    names = ", ".join(sorted(filter(None, map(_group_name, os.getgroups()))))
    return warn("your groups", "you-are-not-in-the-group", f"{socket} is closed to you ({names})")


def check_service_groups(config: Config, pid: int | None) -> Finding:
    """Whether the service may use the devices that are configured.

    Args:
        config: Names the devices.
        pid: Of the running service; None asks the user database instead.
    """
    needed = needed_groups(config) & {each.gr_name for each in grp.getgrall()}
    has = _groups_of(pid)
    if has is None:
        return skipped("service groups", f"there is no user {SERVICE_USER}")
    missing = needed - has
    if missing:
        return fail(
            "service groups", "service-lacks-a-group", f"missing: {', '.join(sorted(missing))}"
        )
    return ok("service groups", ", ".join(sorted(needed)) or "no device needs one")


def needed_groups(config: Config) -> set[str]:
    """Return the groups that own the devices of a configuration, as Debian names them."""
    body = config.body
    drivers = {
        "audio": {body.microphone.driver, body.speaker.driver} & {"pyaudio"},
        "video": {body.camera.driver} & {"picamera2"},
        "spi": {body.lights.driver} & {"apa102", "neopixel"},
        "i2c": {each.driver for each in body.sensors.values()} & {"bme280", "bme680"},
        "gpio": uses_pins(config),
    }
    return {group for group, used in drivers.items() if used}


def uses_pins(config: Config) -> set[str]:
    """Return the parts of a configuration that are on GPIO pins."""
    body = config.body
    parts = {
        "lights": body.lights.driver,
        "button": body.button.driver,
        "knob": body.knob.driver,
        "mute switch": body.mute_switch.driver,
        **{f"output {name}": each.driver for name, each in body.outputs.items()},
    }
    used = {part for part, driver in parts.items() if driver == "gpiozero"}
    sensed = {name for name, each in body.sensors.items() if each.driver == "digital"}
    return used | {f"sensor {name}" for name in sensed}


def _groups_of(pid: int | None) -> set[str] | None:
    """Return the groups of the service; None where there is no such user."""
    if pid is not None:
        lines = read(Path(f"/proc/{pid}/status")).splitlines()
        ids = {int(word) for line in lines if line[:4] in _GROUP_LINES for word in line.split()[1:]}
        return set(filter(None, map(_group_name, ids)))
    try:
        user = pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return None
    return set(filter(None, map(_group_name, os.getgrouplist(user.pw_name, user.pw_gid))))


def _group_name(group: int) -> str:
    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return ""
