"""Let one speaker talk to the server at URL, in a hurry; print what it spent as JSON.

python -m bench.performance.long_talk SPEED URL TURNS MARKS
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec

from bench.hurried import hurry

if TYPE_CHECKING:
    from bench.performance.fleet import Spent


def long_talk(speed: float, url: str, turns: int, marks: int) -> Spent:
    """Return what it spent, in a process of its own."""
    from bench.performance.fleet import Spent

    words = ("-m", "bench.performance.long_talk", str(speed), url, str(turns), str(marks))
    done = subprocess.run(  # noqa: S603 - ourselves
        (sys.executable, *words), check=True, stdout=subprocess.PIPE
    )
    return msgspec.json.decode(done.stdout, type=Spent)


def main() -> None:
    """Talk."""
    # First of all: what is imported before keeps the real clock.
    hurry(float(sys.argv[1]))
    from bench.performance.fleet import converse_long

    spent = converse_long(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.buffer.write(msgspec.json.encode(spent))


if __name__ == "__main__":
    main()
