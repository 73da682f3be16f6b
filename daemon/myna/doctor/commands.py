"""Asks other programs, which may be missing, and never waits long for them."""

from __future__ import annotations

import os
import subprocess
from typing import Final

LIMIT_S: Final = 15.0


def output_of(*words: str) -> str:
    """Return what a program prints; nothing if it is missing, fails, or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603 - every word is ours
            words,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_S,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
