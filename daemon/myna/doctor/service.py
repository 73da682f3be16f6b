"""The service: whether it runs, how well it is locked in, and which version it is."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import myna
from myna.doctor.commands import output_of
from myna.doctor.finding import Finding, fail, ok, skipped, warn

UNIT: Final = "myna.service"
PROPERTIES: Final = "LoadState,ActiveState,SubState,Result,NRestarts,UnitFileState,MainPID"
MANY_RESTARTS: Final = 3
EXPOSED: Final = 2.0
"""The unit comes with 1.3 at most; drop-ins for a camera add 0.4 (`systemd-analyze security`)."""

_EXPOSURE: Final = re.compile(r"exposure level for \S+: (\d+\.\d+) (\w+)")
_MODEL: Final = Path("/proc/device-tree/model")


def unit_properties() -> dict[str, str]:
    """Return what systemd knows of the service; nothing where there is no systemd."""
    lines = output_of("systemctl", "show", UNIT, "-p", PROPERTIES).splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def main_pid(properties: Mapping[str, str]) -> int | None:
    """Return the process of the service, if there is one."""
    return int(properties.get("MainPID") or 0) or None


def judge_unit(properties: Mapping[str, str]) -> Finding:
    """Say how the service is."""
    if properties.get("LoadState") != "loaded":
        return skipped("service", "not installed as a service on this machine")
    active, result = properties.get("ActiveState", ""), properties.get("Result", "")
    restarts = int(properties.get("NRestarts") or 0)
    measured = f"{active} ({properties.get('SubState', '')}), restarted {restarts} times"
    if active == "failed":
        return fail("service", "service-has-failed", f"{measured}, {result}")
    if active not in {"active", "reloading", "activating"}:
        return fail("service", "service-is-not-running", measured)
    if restarts >= MANY_RESTARTS:
        return warn("service", "service-restarts-often", measured)
    if properties.get("UnitFileState") == "disabled":
        return warn("service", "service-does-not-start-by-itself", measured)
    return ok("service", measured)


def exposure_report() -> str:
    """Return what systemd thinks of the service's sandbox."""
    return output_of("systemd-analyze", "security", "--no-pager", UNIT)


def judge_exposure(report: str) -> Finding:
    """Say how well the service is locked in."""
    found = _EXPOSURE.search(report)
    if found is None:
        return skipped("sandbox", "systemd does not tell here")
    measured = f"exposure {found[1]} of 10 ({found[2]})"
    if float(found[1]) > EXPOSED:
        return warn("sandbox", "service-is-exposed", measured)
    return ok("sandbox", measured)


def judge_versions(running: str | None) -> Finding:
    """Say which versions there are.

    Args:
        running: The daemon's; None while none runs.
    """
    words = ", ".join(f"{name} {version}" for name, version in versions().items())
    if running is not None and running != myna.__version__:
        return warn("versions", "old-version-still-runs", f"the daemon is {running}; {words}")
    return ok("versions", words)


def versions() -> dict[str, str]:
    """Return what this runs on."""
    return {
        "myna": myna.__version__,
        "Python": platform.python_version(),
        "Linux": f"{platform.release()} {platform.machine()}",
        **_named("system", _system()),
        **_named("board", _board()),
    }


def _named(name: str, value: str) -> dict[str, str]:
    return {name: value} if value else {}


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        return ""


def _board() -> str:
    try:
        return _MODEL.read_text(encoding="utf-8").strip("\0\n ")
    except OSError:
        return ""
