"""How much memory this process has taken at most (proc(5), VmHWM)."""

from __future__ import annotations

import gc
from pathlib import Path


class PeakMemory:
    """Watches from its construction on."""

    def __init__(self) -> None:
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # resets VmHWM
        self._before_mib = _peak_mib()

    @property
    def growth_mib(self) -> float:
        """How far the peak since then lies above the start."""
        return _peak_mib() - self._before_mib


def _peak_mib() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kib) / 1024
