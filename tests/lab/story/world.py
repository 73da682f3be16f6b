"""The world around the daemon: fingers, eyes and ears of the guest. Standard library only."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

SIM = Path("/sys/devices/platform/gpio-sim.0")
TO_EARS = "plughw:CARD=Ears,DEV=0"
FROM_MOUTH = "plughw:CARD=Mouth,DEV=1"
"""The person's ends of two loopback cards; the daemon has the other ones."""
LOOK_S = 0.01


def run(*words: str) -> str:
    """Run a command to its end and return what it printed, errors included."""
    done = subprocess.run(  # noqa: S603 - every word stands in the story
        words, capture_output=True, text=True, check=False, timeout=120
    )
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

    def longest_low_s(self, seconds: float) -> float:
        """Watch it for so long; return the longest time that it was low without a break.

        An LED that is dimmed has gaps of less than the 10 ms of its pulses.
        """
        began_s = low_since_s = time.monotonic()
        longest_s = 0.0
        while (now_s := time.monotonic()) < began_s + seconds:
            if self.level():
                low_since_s = now_s
            longest_s = max(longest_s, now_s - low_since_s)
            time.sleep(0.001)
        return longest_s

    @contextmanager
    def pulled_up(self) -> Iterator[None]:
        """Connect it to 3.3 V by a resistor: high, unless somebody drives it low."""
        pull = self._folder / "pull"
        pull.write_text("pull-up")
        try:
            yield
        finally:
            pull.write_text("pull-down")

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


def speak(recording: Path) -> None:
    """Say something into the room, and wait until it is said."""
    run("aplay", "--quiet", "--device", TO_EARS, str(recording))


@contextmanager
def running(*words: str) -> Iterator[None]:
    """Let a command run meanwhile."""
    with subprocess.Popen(words) as command:  # noqa: S603 - every word stands in the story
        try:
            yield
        finally:
            command.terminate()


def listening(recording: Path) -> AbstractContextManager[None]:
    """Record what the daemon's speaker says into the room meanwhile."""
    form = ("--format", "S16_LE", "--rate", "48000", "--channels", "1")
    return running("arecord", "--quiet", "--device", FROM_MOUTH, *form, str(recording))


def taken(number: int) -> AbstractContextManager[None]:
    """Hold a GPIO line meanwhile, as another program would."""
    return running("gpioset", "--chip", "gpiochip0", f"{number}=1")
