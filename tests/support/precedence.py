"""Going first on a busy machine, where that is allowed.

Sound that waits for a build beside it has gaps, which no sound card has. Niceness does
not help: with autogroups it counts within one session only (sched(7)). Without the right
to more nothing changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SOON = os.sched_param(1)


@contextmanager
def precedence() -> Iterator[None]:
    """Let this thread, and what it starts meanwhile, go before everybody else."""
    policy, parameter = os.sched_getscheduler(0), os.sched_getparam(0)
    _schedule(0, os.SCHED_RR, _SOON)
    try:
        yield
    finally:
        _schedule(0, policy, parameter)


def hurry(process_id: int) -> None:
    """Let all threads of a process go before everybody else."""
    for task in Path(f"/proc/{process_id}/task").iterdir():
        _schedule(int(task.name), os.SCHED_RR, _SOON)


def _schedule(thread_id: int, policy: int, parameter: os.sched_param) -> None:
    with suppress(PermissionError, ProcessLookupError):
        os.sched_setscheduler(thread_id, policy, parameter)
