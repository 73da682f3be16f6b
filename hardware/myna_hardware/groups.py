"""Groups that own devices, and how to join one."""

from __future__ import annotations

import os
import pwd
from typing import Final

FIRST_PERSON: Final = 1000
"""Below are the users of services (login.defs(5), UID_MIN)."""


def how_to_join(group: str) -> str:
    """Return what to do so that this process may open what belongs to `group`."""
    uid = os.geteuid()
    if uid >= FIRST_PERSON:
        return f"join the group with `sudo usermod -aG {group} $USER` and log in again"
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = "$USER"
    return (
        f"let its user join the group with `sudo usermod -aG {group} {name}`; "
        "it then starts anew by itself"
    )
