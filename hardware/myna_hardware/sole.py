"""PortAudio bears one caller at a time when it, or a stream, is opened or closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from myna_hardware.errors import DeviceBusyError

LIBRARY_LIMIT_S: Final = 2.0
SOUND_HANGS: Final = "the sound system hangs: restart the sound server"

_lock = threading.Lock()


@contextmanager
def sole_access(name: str) -> Iterator[None]:
    """Be the only one who opens or closes something of PortAudio's.

    Raises:
        DeviceBusyError: Somebody else has been at it for too long.
    """
    if not _lock.acquire(timeout=LIBRARY_LIMIT_S):
        raise DeviceBusyError(name, SOUND_HANGS)
    try:
        yield
    finally:
        _lock.release()
