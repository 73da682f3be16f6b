"""PyAudio: the only file that imports it. Devices by name, and streams that never hang.

Reads and writes are made only when PortAudio says that they will not block, so that a
device that falls silent without an error (a frozen sound server, a USB device on its
way out) is noticed after `SILENT_S`, and `close` is heard at once. Blocking reads hang
for ever there, and callbacks just stop coming (tests/bench/bench_device_loss.py).

PortAudio, ALSA and JACK write dozens of lines to stderr when they start; they are sent
to /dev/null for that moment. One line at the loss of a device remains.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

from myna_hardware.errors import (
    BadFormatError,
    DeviceBusyError,
    DeviceLostError,
    DriverMissingError,
    HardwareError,
)
from myna_hardware.sound_names import Named, pick_device

Kind = Literal["microphone", "speaker"]

SILENT_S: Final = 1.0
"""A device that moves nothing for so long is lost; at 20 ms periods that is fifty."""

POLL_S: Final = 0.005
"""A quarter of a period: costs 0.4 % of a core here (tests/bench/bench_device_loss.py)."""

_BUSY: Final = -9985
_BAD_RATE: Final = -9997
_BAD_CHANNELS: Final = -9998
_OVERFLOWED: Final = -9981
_UNDERFLOWED: Final = -9980
_CHANNELS: Final[dict[Kind, str]] = {
    "microphone": "maxInputChannels",
    "speaker": "maxOutputChannels",
}


@contextmanager
def _quiet() -> Iterator[None]:
    """Send what C libraries write to stderr to /dev/null."""
    null, stderr = os.open(os.devnull, os.O_WRONLY), os.dup(2)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(null)


def _start(kind: Kind) -> Any:  # noqa: ANN401 - PyAudio's stubs are not needed at rest
    os.environ.setdefault("JACK_NO_START_SERVER", "1")
    # Hardware devices through ALSA's plug layer: it converts rate and channels.
    os.environ.setdefault("PA_ALSA_PLUGHW", "1")
    try:
        import pyaudio
    except ImportError as error:
        cure = "apt install portaudio19-dev gcc python3-dev, then pip install pyaudio"
        raise DriverMissingError(kind, "PyAudio", cure) from error
    with _quiet():
        return pyaudio.PyAudio()


def _named(library: Any, kind: Kind) -> list[Named]:  # noqa: ANN401
    every = (library.get_device_info_by_index(i) for i in range(library.get_device_count()))
    return [Named(device["index"], device["name"]) for device in every if device[_CHANNELS[kind]]]


def list_devices(kind: Kind) -> list[str]:
    """Return the names of the sound devices of one kind; empty where there are none."""
    try:
        library = _start(kind)
    except DriverMissingError:
        return []
    try:
        return [device.name for device in _named(library, kind)]
    finally:
        library.terminate()


class Stream:
    """One open stream of 16-bit mono PCM, for one thread; `close` from any.

    Args:
        kind: Microphone or speaker.
        device: A name; see `pick_device`.
        rate_hz: Frames per second.
        period_frames: Frames between two device wake-ups.

    Raises:
        HardwareError: It cannot be opened; the text has the cure.

    Attributes:
        xruns: How often the device lost or lacked data.
        latency_s: Between the stream and the air, by PortAudio's account.
    """

    def __init__(self, kind: Kind, device: str, rate_hz: int, period_frames: int) -> None:
        self._kind = kind
        self._device = device
        self._rate_hz = rate_hz
        self._period_frames = period_frames
        self._closing = threading.Event()
        self._library = _start(kind)
        try:
            self._index = pick_device(device, _named(self._library, kind), kind)
            self._stream = self._open()
        except HardwareError:
            self._library.terminate()
            raise
        self.xruns = 0

    @property
    def latency_s(self) -> float:
        """Between the stream and the air, by PortAudio's account."""
        if self._kind == "speaker":
            return float(self._stream.get_output_latency())
        return float(self._stream.get_input_latency())

    @property
    def is_closing(self) -> bool:
        """Whether `close` was called."""
        return self._closing.is_set()

    def read(self) -> bytes:
        """Return the next period, `b""` once closed.

        Raises:
            DeviceLostError: It failed, or fell silent.
        """
        if not self._wait(lambda: int(self._stream.get_read_available())):
            return b""
        try:
            return bytes(self._stream.read(self._period_frames))
        except OSError as error:
            self._survive(error, _OVERFLOWED)
            return self.read()

    def write(self, pcm: bytes) -> None:
        """Play a period, once there is room for it; nothing happens once closed.

        Raises:
            DeviceLostError: It failed, or takes nothing any more.
        """
        if not self._wait(lambda: int(self._stream.get_write_available())):
            return
        try:
            self._stream.write(pcm, exception_on_underflow=True)
        except OSError as error:
            self._survive(error, _UNDERFLOWED)

    def drain(self) -> None:
        """Block until everything has been heard, then rest until `restart`."""
        self._bounded(self._stream.stop_stream)

    def restart(self) -> None:
        """Move again after `drain`."""
        if self._stream.is_stopped():
            self._bounded(self._stream.start_stream)

    def flush(self) -> None:
        """Fall silent at once: closing an active stream drops what it holds.

        Raises:
            HardwareError: It cannot be opened again.
        """
        self._bounded(self._stream.close)
        self._stream = self._open()

    def close(self) -> None:
        """Release the device."""
        if self._closing.is_set():
            return
        self._closing.set()
        threading.Thread(target=self._let_go, daemon=True).start()

    def _let_go(self) -> None:
        """Close on a thread of its own: a frozen sound server never returns from it."""
        with _quiet():
            self._stream.close()
            self._library.terminate()

    def _open(self) -> Any:  # noqa: ANN401
        import pyaudio

        side = "input" if self._kind == "microphone" else "output"
        try:
            with _quiet():
                return self._library.open(
                    rate=self._rate_hz,
                    channels=1,
                    format=pyaudio.paInt16,
                    frames_per_buffer=self._period_frames,
                    **{side: True, f"{side}_device_index": self._index},
                )
        except OSError as error:
            raise self._translated(error) from error

    def _translated(self, error: OSError) -> HardwareError:
        code = error.errno
        if code in {_BAD_RATE, _BAD_CHANNELS}:
            text = f"{self._device} does not do {self._rate_hz} Hz mono; use default, or plughw:"
            return BadFormatError(self._kind, text)
        if code == _BUSY:
            text = f"{self._device} is held by another program: stop it, or use a sound server"
            return DeviceBusyError(self._kind, text)
        return DeviceLostError(self._kind, f"{self._device} does not open: {error.strerror}")

    def _wait(self, available: Callable[[], int]) -> bool:
        """Wait until a period is available; False once closed."""
        deadline_s = time.monotonic() + SILENT_S
        while not self._closing.is_set():
            try:
                frames = available()
            except OSError as error:
                raise self._lost(error.strerror or str(error)) from error
            if frames >= self._period_frames:
                return True
            if time.monotonic() > deadline_s:
                raise self._lost("it does not move any more")
            self._closing.wait(POLL_S)
        return False

    def _survive(self, error: OSError, xrun: int) -> None:
        if xrun not in error.args:
            raise self._lost(error.strerror or str(error)) from error
        self.xruns += 1

    def _lost(self, why: str) -> DeviceLostError:
        return DeviceLostError(self._kind, f"{self._device} went away ({why})")

    def _bounded(self, call: Callable[[], None]) -> None:
        """Make a call that hangs when the sound server does."""
        problems: list[OSError] = []

        def attempt() -> None:
            try:
                call()
            except OSError as error:
                problems.append(error)

        thread = threading.Thread(target=attempt, daemon=True)
        thread.start()
        thread.join(SILENT_S)
        if thread.is_alive():
            raise self._lost("it does not answer any more")
        if problems:
            raise self._lost(problems[0].strerror or str(problems[0])) from problems[0]
