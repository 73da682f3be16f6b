"""The world around the daemon: fingers, eyes and ears of the guest. Standard library only."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SIM = Path("/sys/devices/platform/gpio-sim.0")
TO_EARS = "plughw:CARD=Ears,DEV=0"
FROM_MOUTH = "plughw:CARD=Mouth,DEV=1"
"""The person's ends of two loopback cards; the daemon has the other ones."""
LOOK_S = 0.01
Event = dict[str, Any]


def run(*words: str) -> str:
    """Run a command to its end and return what it printed, errors included."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    return (done.stdout + done.stderr).strip()


def wait_until(is_so: Callable[[], object], limit_s: float, what: str) -> float:
    """Look again and again until `is_so`; return how long that took.

    Raises:
        TimeoutError: It was not so within `limit_s`.
    """
    began_s = time.monotonic()
    while not is_so():
        if time.monotonic() - began_s > limit_s:
            raise TimeoutError(f"{what}: not within {limit_s:g} s")
        time.sleep(LOOK_S)
    return time.monotonic() - began_s


class Pin:
    """The outer side of a simulated GPIO pin (kernel: admin-guide/gpio/gpio-sim)."""

    def __init__(self, number: int) -> None:
        self._folder = next(SIM.glob(f"gpiochip*/sim_gpio{number}"))

    def level(self) -> int:
        """Measure it: 0 or 1."""
        return int((self._folder / "value").read_text())

    def share_high(self, seconds: float) -> float:
        """Measure which share of the time it is high."""
        levels = []
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            levels.append(self.level())
            # No divisor of the dimmer's 10 ms, which would see one phase of it only.
            time.sleep(0.0037)
        return sum(levels) / len(levels)

    @contextmanager
    def grounded(self) -> Iterator[None]:
        """Hold the switch between it and ground closed."""
        pull = self._folder / "pull"
        pull.write_text("pull-down")
        try:
            yield
        finally:
            pull.write_text("pull-up")

    def press(self) -> None:
        """Press and let go, as a finger does."""
        with self.grounded():
            time.sleep(0.15)


class Trace:
    """The daemon's trace file, read as it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rewind()

    def rewind(self) -> None:
        """Begin with the first event of a daemon that was started anew."""
        self._seen = 0

    def events(self) -> list[Event]:
        """Return all events so far."""
        whole, _, _ = self._path.read_text().rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def until(self, event: str, limit_s: float = 30, **fields: object) -> Event:
        """Return the next event of this kind, and go on after it.

        Raises:
            TimeoutError: There was none within `limit_s`.
        """
        found: list[Event] = []
        wanted = {"event": event, **fields}

        def is_there() -> bool:
            for position, each in enumerate(self.events()[self._seen :], self._seen + 1):
                if wanted.items() <= each.items():
                    self._seen = position
                    found.append(each)
                    return True
            return False

        wait_until(is_there, limit_s, f"trace has {wanted}")
        return found[0]


def speak(recording: Path) -> None:
    """Say something into the room, and wait until it is said."""
    run("aplay", "--quiet", "--device", TO_EARS, str(recording))


@contextmanager
def listening(recording: Path) -> Iterator[None]:
    """Record what the daemon's speaker says into the room meanwhile."""
    words = ("arecord", "--quiet", "--device", FROM_MOUTH, "-f", "S16_LE", "-r", "48000", "-c", "1")
    with subprocess.Popen([*words, str(recording)]) as ear:
        try:
            yield
        finally:
            ear.terminate()
