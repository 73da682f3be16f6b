"""Run a module, as `python -m` does, in a process for which time goes by faster.

    PYTHONPATH=tests python -m bench.hurried 20 myna run --config FILE

Everything that waits, waits a twentieth of the time, and every monotonic clock goes twenty
times as fast: devices that are files, the event loop, threads, timeouts. What is computed
takes as long as ever, so a machine must be that much faster than the speaker needs.
Python's clocks only: libraries in C that ask the kernel for the time are not fooled.
"""

from __future__ import annotations

import runpy
import selectors
import sys
import threading
import time


def hurry(speed: float) -> None:
    """Let the time of this process go by `speed` times as fast, from now on."""
    real_monotonic, real_sleep = time.monotonic, time.sleep
    real_wait, real_select = threading.Condition.wait, selectors.DefaultSelector.select

    def monotonic() -> float:
        return real_monotonic() * speed

    def wait(self: threading.Condition, timeout: float | None = None) -> bool:
        return real_wait(self, None if timeout is None else timeout / speed)

    def select(
        self: selectors.DefaultSelector, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        return real_select(self, None if timeout is None else timeout / speed)

    def sleep(seconds: float) -> None:
        real_sleep(seconds / speed)

    time.monotonic = monotonic
    time.sleep = sleep  # type: ignore[assignment]
    threading._time = monotonic  # type: ignore[attr-defined]  # Condition.wait_for asks it
    threading.Condition.wait = wait  # type: ignore[method-assign]
    selectors.DefaultSelector.select = select  # type: ignore[method-assign]


def show_itself() -> None:
    """Let whoever measures this process look into its `/proc/PID`, which a daemon forbids."""
    from myna import secrecy

    secrecy.forbid_dumps = lambda: None


def main() -> None:
    """Hurry, and be the module."""
    _, speed, module, *words = sys.argv
    hurry(float(speed))
    if module == "myna":
        show_itself()
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
