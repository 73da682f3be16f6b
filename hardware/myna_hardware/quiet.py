"""Silence for libraries that talk to stderr on their own."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Discard what anything in this process writes to file descriptor 2 meanwhile.

    PortAudio reports each failed open there in three lines of its own source, and has no
    switch for it. Keep it short: log lines of other threads are lost with them.
    """
    with _lock:
        stderr = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(nowhere)
            os.close(stderr)
