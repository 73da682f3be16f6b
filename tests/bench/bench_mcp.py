"""What does the library for MCP servers cost, before there is any server?

    PYTHONPATH=tests python tests/bench/bench_mcp.py

A process of its own imports what a daemon has imported anyway, then what `[mcp.NAME]`
adds, and prints the time and the memory (proc(5), VmRSS) that this took.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Final

PROGRAM: Final = """
import time
from pathlib import Path
import myna.app

def resident_mib():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024

before_mib, began_s = resident_mib(), time.perf_counter()
import myna.mcp_servers.client, myna.mcp_servers.server
print(f"{time.perf_counter() - began_s:.2f} s, {resident_mib() - before_mib:.0f} MiB more "
      f"than the {before_mib:.0f} MiB of a daemon without")
"""


def main() -> None:
    """Print it three times."""
    for _ in range(3):
        subprocess.run([sys.executable, "-c", PROGRAM], check=True)  # noqa: S603 - this program


if __name__ == "__main__":
    main()
