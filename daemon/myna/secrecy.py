"""Keep the process itself from showing its secrets.

A variable that systemd, a shell or docker set stays readable in `/proc/PID/environ` for
the life of the process, though the program has removed it: the kernel shows the memory
that held it at exec (proc(5)). So it is overwritten there. A core file would hold
everything, so there is none.

What remains: until `take_environment` runs, some 0.1 s, the key stands where it was put;
and the memory of a live process is open to root. A systemd credential has neither the
first weakness, nor does a child process inherit it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
from collections.abc import Mapping
from typing import Final

SECRET_VARIABLES: Final = ("GEMINI_API_KEY", "PICOVOICE_ACCESS_KEY")
_PR_SET_DUMPABLE: Final = 4
"""prctl(2), linux/prctl.h."""


def take_environment() -> Mapping[str, str]:
    """Return a copy of the environment, and wipe the secrets out of the process's own.

    Child processes inherit none, and `/proc/PID/environ` shows none. To be called before
    there are threads. Where the C library offers no `environ`
    nothing is overwritten.
    """
    taken = dict(os.environ)
    with contextlib.suppress(OSError, ValueError):
        _overwrite()
    for name in SECRET_VARIABLES:
        os.environ.pop(name, None)
    return taken


def forbid_dumps() -> None:
    """Let no core file be written, and nobody but root read the memory of this process.

    The limit stops files; the flag stops programs that `core_pattern` pipes to, for which
    the limit means nothing (core(5)). With the flag `/proc/PID` belongs to root, so that a
    debugger or profiler of the same user (gdb, py-spy) is refused; child processes have
    their own flag from exec on (prctl(2), PR_SET_DUMPABLE).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _overwrite() -> None:
    """Put zeros over the values, in every entry of that name."""
    entries = ctypes.POINTER(ctypes.c_void_p).in_dll(ctypes.CDLL(None), "environ")
    names = tuple(f"{name}=".encode() for name in SECRET_VARIABLES)
    index = 0
    while address := entries[index]:
        entry = ctypes.string_at(address)
        for name in names:
            if entry.startswith(name):
                ctypes.memset(address + len(name), 0, len(entry) - len(name))
        index += 1
