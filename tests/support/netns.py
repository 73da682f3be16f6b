"""Python scripts in a network namespace of their own, where packets can really be lost.

Only loopback is there, so that nothing outside is ever touched. Dropping needs nft
(package nftables) or, without it, iptables; namespaces need root or a kernel that lets
users have them. A script that runs in one calls `drop_every_packet`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[1]
_DROPS: Final = {
    "nft": (
        "add table inet faults",
        "add chain inet faults in { type filter hook input priority 0; policy drop; }",
    ),
    "iptables": ("-P INPUT DROP",),
}


def why_not() -> str:
    """Return why no namespace with lossy packets can be had here; empty when it can."""
    missing = [name for name in ("unshare", "ip") if shutil.which(name) is None]
    if missing:
        return f"there is no {' and no '.join(missing)} (packages util-linux, iproute2)"
    if _filter_tool() is None:
        return "there is no nft and no iptables (package nftables)"
    attempt = _run(sys.executable, "-c", "import support.netns as n; n.drop_every_packet()")
    if attempt.returncode:
        return f"namespaces are not permitted here: {attempt.stderr.strip().splitlines()[-1]}"
    return ""


def run_script(script: Path, *words: str, timeout_s: float = 60) -> str:
    """Run a Python script in a namespace of its own; return what it printed.

    Raises:
        AssertionError: It failed; the text is what it said.
    """
    done = _run(sys.executable, str(script), *words, timeout_s=timeout_s)
    assert done.returncode == 0, done.stderr
    return done.stdout


def drop_every_packet() -> None:
    """Let every packet of this namespace vanish, unanswered, from now on."""
    tool = _filter_tool()
    assert tool is not None, "there is no nft and no iptables"
    for command in _DROPS[tool]:
        subprocess.run([tool, *command.split()], check=True)  # noqa: S603 - our own words


def _filter_tool() -> str | None:
    return next((name for name in _DROPS if shutil.which(name)), None)


def _run(*words: str, timeout_s: float = 20) -> subprocess.CompletedProcess[str]:
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    loopback = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    return subprocess.run(  # noqa: S603 - our own words
        [*unshare, *loopback, *words],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
    )
