"""Doing something as another user, who may nothing."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Callable
from typing import Final

import pytest

NOBODY: Final = "nobody"

needs_root: Final = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root becomes somebody else: run the tests with sudo"
)


def as_nobody(act: Callable[[], str]) -> str:
    """Return what `act` returns in a copy of this process that belongs to nobody.

    All that it needs must be imported already: nobody may not even read our files.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _tell(act, writing)
    os.close(writing)
    with os.fdopen(reading) as told:
        words = told.read()
    os.waitpid(child, 0)
    return words


def _tell(act: Callable[[], str], writing: int) -> None:
    """End this process with the words of `act`, or of what it raised."""
    user = pwd.getpwnam(NOBODY)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    try:
        words = act()
    except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to know
        words = f"{type(error).__name__}: {error}"
    os.write(writing, words.encode())
    sys.stdout = sys.stderr = None  # what is buffered is the parent's
    os._exit(0)
