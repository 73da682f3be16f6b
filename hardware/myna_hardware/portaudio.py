"""PortAudio through PyAudio: the only file that imports it.

Every function here may block without limit when a sound server hangs, so the drivers
call them on a `DeviceThread`. PortAudio itself bears one caller at a time when streams
are opened and closed; `_library` sees to that.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ctypes import CDLL, c_void_p, cast
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from myna_hardware.alsa import DOOR, alsa_name, door_to, match_device
from myna_hardware.device_thread import DeviceThread
from myna_hardware.errors import DeviceBusyError, DeviceNotFoundError, DriverMissingError
from myna_hardware.portaudio_errors import (
    INPUT_OVERFLOWED,
    error_text,
    explain_loss,
    explain_refusal,
)
from myna_hardware.quiet import quiet_stderr
from myna_hardware.units import (
    CAPTURE_PERIOD_FRAMES,
    CAPTURE_RATE_HZ,
    PLAYBACK_PERIOD_FRAMES,
    PLAYBACK_RATE_HZ,
)

if TYPE_CHECKING:
    import pyaudio

OPEN_LIMIT_S: Final = 5.0
LIBRARY_LIMIT_S: Final = 2.0
POLL_S: Final = 0.005
"""How often a device is asked whether it is ready; its buffer lasts for 40 ms."""

SOUND_HANGS: Final = "the sound system hangs: restart the sound server"
NOT_OURS: Final = "the sound library is being started or ended elsewhere: it is tried again"
INSTALL: Final = "apt install portaudio19-dev gcc python3-dev, then pip install pyaudio"

_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Direction:
    """One of the two ways that sound goes.

    Attributes:
        part: What it is called in the configuration.
        rate_hz: Frames a second.
        period_frames: Frames between two wake-ups.
        verb: What PyAudio calls it: input or output.
    """

    part: str
    rate_hz: int
    period_frames: int
    verb: str


CAPTURE: Final = Direction("microphone", CAPTURE_RATE_HZ, CAPTURE_PERIOD_FRAMES, "input")
PLAYBACK: Final = Direction("speaker", PLAYBACK_RATE_HZ, PLAYBACK_PERIOD_FRAMES, "output")


class PortAudio:
    """The library, started; each one made must be closed, and the last one ends it.

    Raises:
        DriverMissingError: PyAudio is not installed.
        DeviceBusyError: The sound system hangs.
    """

    def __init__(self, direction: Direction) -> None:
        self._direction = direction
        self._pyaudio = _load(direction.part)
        with _library(direction.part), door_to(None):
            try:
                self._library: pyaudio.PyAudio = self._pyaudio.PyAudio()
            except OSError as error:
                raise DeviceBusyError(direction.part, error_text(error)) from error

    def names(self) -> list[str]:
        """Return the devices that can be opened, by the names that `open` takes.

        PortAudio looks around only when it starts, that is when nobody else has it open.
        """
        listed = (
            self._library.get_device_info_by_index(index)
            for index in range(self._library.get_device_count())
        )
        channels = f"max{self._direction.verb.capitalize()}Channels"
        return [
            str(device["name"])
            for device in listed
            if int(device[channels]) > 0 and device["name"] != DOOR
        ]

    def open(self, name: str) -> Stream:
        """Open a device.

        Args:
            name: `default`, a name from `names`, a part of just one of them, or any name
                that ALSA knows, such as `plughw:CARD=Device,DEV=0`.

        Raises:
            DeviceNotFoundError: There is no such device; the error lists those there are.
            DeviceBusyError: Another program holds it, or the sound system hangs.
            BadFormatError: It cannot do mono at the rate of this direction.
        """
        names = self.names()
        try:
            pcm = alsa_name(match_device(name, names) or name)
        except ValueError as error:
            raise DeviceNotFoundError(name, f"could be any of {error}: say which") from error
        with _library(name), door_to(pcm):
            try:
                return Stream(name, self._open_door())
            except OSError as error:
                raise explain_refusal(name, self._direction.rate_hz, names, error) from error

    def close(self) -> None:
        """Let go of the library."""
        with _library(self._direction.part):
            self._library.terminate()

    def _open_door(self) -> pyaudio.Stream:
        direction = self._direction
        which: dict[str, Any] = {
            direction.verb: True,
            f"{direction.verb}_device_index": self._door_index(),
        }
        return self._library.open(
            rate=direction.rate_hz,
            channels=1,
            format=self._pyaudio.paInt16,
            frames_per_buffer=direction.period_frames,
            **which,
        )

    def _door_index(self) -> int:
        count = self._library.get_device_count()
        names = [self._library.get_device_info_by_index(index)["name"] for index in range(count)]
        if DOOR not in names:
            raise DeviceBusyError(self._direction.part, NOT_OURS)
        return names.index(DOOR)


class Stream:
    """One open device; `read` and `write` block for as long as the sound takes.

    PyAudio asks PortAudio for its lowest latency and PortAudio then takes buffers of two
    periods (40 ms) from a sound card; sound servers keep seconds themselves.
    """

    def __init__(self, name: str, stream: pyaudio.Stream) -> None:
        self._name = name
        self._stream = stream

    def has_sound(self, frames: int) -> bool:
        """Whether `read` would return as many frames at once.

        Ask before each read: in a read that waits while its sound card goes away,
        PortAudio spins for ever.

        Raises:
            DeviceLostError: The device went away.
        """
        return self._count(self._stream.get_read_available) >= frames

    def has_room(self, frames: int) -> bool:
        """Whether `write` would take as many frames at once; otherwise as `has_sound`."""
        return self._count(self._stream.get_write_available) >= frames

    def read(self, frames: int) -> bytes:
        """Return the next frames; b"" when the device has lost some.

        Then the stream is over, for PyAudio closes it with every error: open another one.

        Raises:
            DeviceLostError: The device went away.
        """
        try:
            return bytes(self._stream.read(frames, exception_on_overflow=True))
        except OSError as error:
            if error.errno == INPUT_OVERFLOWED:
                return b""
            raise explain_loss(self._name, error) from error

    def write(self, pcm: bytes) -> None:
        """Play `pcm`.

        Raises:
            DeviceLostError: The device went away.
        """
        try:
            self._stream.write(pcm)
        except OSError as error:
            raise explain_loss(self._name, error) from error

    def _count(self, available: Callable[[], int]) -> int:
        try:
            frames = available()
        except OSError as error:
            raise explain_loss(self._name, error) from error
        if frames < 0 and frames != INPUT_OVERFLOWED:
            raise explain_loss(self._name, OSError(frames, "the sound card is gone"))
        return frames

    @property
    def output_latency_s(self) -> float:
        """How much sound the device takes before `write` blocks, as PortAudio tells it."""
        return float(self._stream.get_output_latency())

    def close(self) -> None:
        """Release the device at once; what it has not played is never heard."""
        with _library(self._name), suppress(OSError):
            self._stream.close()


def find_devices(direction: Direction) -> list[str]:
    """Return the names of `PortAudio.names`, within five seconds.

    Raises:
        DriverMissingError: PyAudio is not installed.
        DeviceBusyError: The sound system hangs.
    """
    thread = DeviceThread(f"find {direction.part}")
    found = thread.submit(lambda: _list_devices(direction))
    thread.end()
    try:
        # JACK's library asks a database, which has words of its own for stderr.
        with quiet_stderr():
            return found.result(timeout=OPEN_LIMIT_S)
    except TimeoutError as error:
        raise DeviceBusyError(direction.part, SOUND_HANGS) from error


def _list_devices(direction: Direction) -> list[str]:
    library = PortAudio(direction)
    try:
        return library.names()
    finally:
        library.close()


def _load(part: str) -> ModuleType:
    try:
        import pyaudio
    except ImportError as error:
        raise DriverMissingError(part, "PyAudio", INSTALL) from error
    _hush()
    return pyaudio


def _hush() -> None:
    """Keep ALSA and JACK from writing a hundred lines to stderr at every start.

    Their error printers are replaced by a C function that ignores what it is given, so
    that no file descriptor has to be bent and no Python runs in their threads.
    """
    os.environ.setdefault("JACK_NO_START_SERVER", "1")
    silent = cast(CDLL(None).getpid, c_void_p)
    for library, setter in (
        ("libasound.so.2", "snd_lib_error_set_handler"),
        ("libjack.so.0", "jack_set_error_function"),
        ("libjack.so.0", "jack_set_info_function"),
    ):
        with suppress(OSError, AttributeError):
            CDLL(library)[setter](silent)


@contextmanager
def _library(name: str) -> Iterator[None]:
    """Be the only one who opens or closes something.

    Raises:
        DeviceBusyError: Somebody else has been at it for too long.
    """
    if not _lock.acquire(timeout=LIBRARY_LIMIT_S):
        raise DeviceBusyError(name, SOUND_HANGS)
    try:
        yield
    finally:
        _lock.release()
