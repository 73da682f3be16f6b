"""Describes the machine that the figures are of, without a word about whose it is."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Final

import myna
from bench.performance.record import Machine

LIBRARIES: Final = (
    "websockets",
    "msgspec",
    "pymicro-wakeword",
    "pyopen-wakeword",
    "pvporcupine",
    "pywebrtc-audio",
    "soxr",
    "numpy",
    "PyAudio",
    "google-genai",
)
"""Those that the figures depend on, peers included."""
GOVERNOR: Final = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
BOARD: Final = Path("/proc/device-tree/model")
CPUINFO: Final = Path("/proc/cpuinfo")


def describe(checkout: Path) -> Machine:
    """Describe this machine, and what of `checkout` is measured on it."""
    return Machine(
        board=_text(BOARD).rstrip("\0"),
        processor=processor(_text(CPUINFO)) or platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_mib=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        kernel=f"{platform.system()} {platform.release()} {platform.machine()}",
        distribution=platform.freedesktop_os_release()["PRETTY_NAME"],
        python=platform.python_version(),
        governor=_text(GOVERNOR).strip() or "unknown",
        load=os.getloadavg()[0],
        versions=dict(_versions()),
        myna=myna.__version__,
        commit=commit(checkout),
    )


def processor(cpuinfo: str) -> str:
    """Return the model of the processor; ARM's kernels tell none."""
    lines = (line.partition(":") for line in cpuinfo.splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == "model name"), "")


def commit(checkout: Path) -> str:
    """Return the short name of the commit in `checkout`, "+" behind it if files differ from it."""
    name = _git(checkout, "rev-parse", "--short=10", "HEAD")
    if not name:
        return "unknown"
    changed = _git(checkout, "status", "--porcelain", "--", ".", ":!docs/performance*")
    return f"{name}+" if changed else name


def _git(checkout: Path, *words: str) -> str:
    command = ["git", "-C", str(checkout), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - git
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _versions() -> list[tuple[str, str]]:
    found = {each.name: each.version for each in metadata.distributions()}
    return [(name, found[name]) for name in LIBRARIES if name in found]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
