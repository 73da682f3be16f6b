"""PortAudio through PyAudio: the only file that imports it.

Every function here may block without limit when a sound server hangs, so the drivers
call them on a `DeviceThread`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from ctypes import CDLL, c_void_p, cast
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from myna_hardware.alsa import (
    DOOR,
    alsa_name,
    card_of,
    door_to,
    is_same_card,
    match_device,
    ways_to,
)
from myna_hardware.conversion import is_soxr_installed
from myna_hardware.device_thread import DeviceThread
from myna_hardware.errors import DeviceBusyError, DeviceNotFoundError, DriverMissingError
from myna_hardware.portaudio_errors import (
    BAD_DEVICE_COMBINATION,
    FORMAT_REFUSED,
    error_text,
    explain_refusal,
)
from myna_hardware.quiet import quiet_stderr
from myna_hardware.sole import SOUND_HANGS, sole_access
from myna_hardware.sound_format import SoundFormat, duplex_formats, formats_to_try
from myna_hardware.stream import Shape, Stream
from myna_hardware.units import CAPTURE_RATE_HZ, PLAYBACK_RATE_HZ

if TYPE_CHECKING:
    import pyaudio

ODD_HZ: Final = 44_100
"""A rate whose periods are no whole milliseconds: with the smallest buffer PulseAudio has a
gap of 1.5 ms in every second reply, with twice as much none."""

OPEN_LIMIT_S: Final = 5.0
NOT_OURS: Final = "the sound library is being started or ended elsewhere: it is tried again"
INSTALL: Final = "apt install portaudio19-dev gcc python3-dev, then pip install pyaudio"


@dataclass(frozen=True, slots=True)
class Direction:
    """One of the two ways that sound goes.

    Attributes:
        part: What it is called in the configuration.
        rate_hz: The rate of speech in this direction.
        period_ms: Time between two wake-ups of the device.
        verb: What PyAudio calls it: input or output.
    """

    part: str
    rate_hz: int
    period_ms: int
    verb: str


CAPTURE: Final = Direction("microphone", CAPTURE_RATE_HZ, 20, "input")
"""PortAudio takes two of these periods from a sound card, three from PulseAudio: 40 ms in
which nobody need read."""

PLAYBACK: Final = Direction("speaker", PLAYBACK_RATE_HZ, 10, "output")
"""As for capture: 20 ms from a sound card, so that it falls silent soon after a word."""


@dataclass(frozen=True, slots=True)
class _Way:
    """An ALSA device (another one to capture) and what it is asked for."""

    pcm: str
    sound: SoundFormat
    capture_pcm: str | None = None


class PortAudio:
    """The library, started; each one made must be closed, and the last one ends it.

    Raises:
        DriverMissingError: PyAudio is not installed.
        DeviceBusyError: The sound system hangs.
    """

    def __init__(self, direction: Direction) -> None:
        self._direction = direction
        self._known_ways: dict[str, _Way] = {}
        self._pyaudio = _load(direction.part)
        with sole_access(direction.part), door_to(None):
            try:
                self._library: pyaudio.PyAudio = self._pyaudio.PyAudio()
            except OSError as error:
                raise DeviceBusyError(direction.part, error_text(error)) from error

    def names(self, direction: Direction | None = None) -> list[str]:
        """Return the devices that can be opened, by the names that `open` takes.

        PortAudio looks around only when it starts, that is when nobody else has it open.
        """
        listed = (
            self._library.get_device_info_by_index(index)
            for index in range(self._library.get_device_count())
        )
        channels = f"max{(direction or self._direction).verb.capitalize()}Channels"
        return [
            str(device["name"])
            for device in listed
            if int(device[channels]) > 0 and device["name"] != DOOR
        ]

    def open(self, name: str, buffer_periods: int = 1) -> Stream:
        """Open a device.

        Args:
            name: `default`, a name from `names`, a part of just one of them, or any name
                that ALSA knows, such as `plughw:CARD=Device,DEV=0`.
            buffer_periods: How many times the smallest buffer it is to have.

        Raises:
            DeviceNotFoundError: There is no such device; the error lists those there are.
            DeviceBusyError: Another program holds it, or the sound system hangs.
            BadFormatError: There is no format that both it and the speaker can do.
        """
        pcm = self.resolve(name, self._direction)
        return self._open_first(name, self._ways_to(pcm), buffer_periods)

    def open_duplex(self, microphone: str, speaker: str, buffer_periods: int = 1) -> Stream:
        """Open the microphone and the speaker of one card as one stream.

        Args:
            microphone: A name as for `open`.
            speaker: Another, of the same card.
            buffer_periods: How many times the smallest buffer it is to have.

        Raises:
            HardwareError: As `open`, of the speaker by name.
        """
        pcms = self.resolve(speaker, PLAYBACK), self.resolve(microphone, CAPTURE)
        ways = [
            _Way(pcm, sound, capture_pcm)
            for pcm, capture_pcm in zip(*map(ways_to, pcms), strict=False)
            for sound in duplex_formats()
        ]
        return self._open_first(speaker, ways, buffer_periods)

    def resolve(self, name: str, direction: Direction) -> str:
        """Return how ALSA calls a device; `name` as for `open`.

        Raises:
            DeviceNotFoundError: It could be any of several.
        """
        try:
            return alsa_name(match_device(name, self.names(direction)) or name)
        except ValueError as error:
            raise DeviceNotFoundError(name, f"could be any of {error}: say which") from error

    def close(self) -> None:
        """Let go of the library."""
        with sole_access(self._direction.part):
            self._library.terminate()

    def _ways_to(self, pcm: str) -> list[_Way]:
        """Return the ways to open `pcm`; the one that worked before comes first."""
        formats = formats_to_try(self._direction.rate_hz, converts=is_soxr_installed())
        known = [self._known_ways[pcm]] if pcm in self._known_ways else []
        return known + [_Way(each, sound) for each in ways_to(pcm) for sound in formats]

    def _open_first(self, name: str, ways: list[_Way], buffer_periods: int) -> Stream:
        """Open the first way that works."""
        refusal = OSError(BAD_DEVICE_COMBINATION, "no way to it")
        for way in ways:
            with sole_access(name), door_to(way.pcm, way.capture_pcm):
                try:
                    stream = self._open_door(name, way, buffer_periods)
                except OSError as error:
                    refusal = error
                else:
                    if way.capture_pcm is None:
                        self._known_ways[ways[-1].pcm] = way
                    return stream
            if refusal.errno not in FORMAT_REFUSED:
                break
        raise explain_refusal(name, self.names(), refusal) from refusal

    def _open_door(self, name: str, way: _Way, buffer_periods: int) -> Stream:
        direction, sound = self._direction, way.sound
        if sound.rate_hz == ODD_HZ:
            buffer_periods = max(buffer_periods, 2)
        period_frames = sound.frames_for_ms(direction.period_ms * buffer_periods)
        which: dict[str, Any] = {}
        for each in (CAPTURE, PLAYBACK) if way.capture_pcm else (direction,):
            which |= {each.verb: True, f"{each.verb}_device_index": self._door_index()}
        stream = self._library.open(
            rate=sound.rate_hz,
            channels=sound.channels,
            format=self._pyaudio.paInt16,
            frames_per_buffer=period_frames,
            **which,
        )
        shape = Shape(sound, period_frames, card_of(way.pcm))
        return Stream(name, stream, shape, plays=direction is PLAYBACK)

    def _door_index(self) -> int:
        count = self._library.get_device_count()
        names = [self._library.get_device_info_by_index(index)["name"] for index in range(count)]
        if DOOR not in names:
            raise DeviceBusyError(self._direction.part, NOT_OURS)
        return names.index(DOOR)


def is_one_card(microphone: str, speaker: str) -> bool:
    """Tell whether two devices, named as for `open`, are of one sound card; may block.

    Raises:
        HardwareError: PortAudio does not start, or a name could be any of several.
    """
    library = PortAudio(PLAYBACK)
    try:
        pcms = library.resolve(microphone, CAPTURE), library.resolve(speaker, PLAYBACK)
        return is_same_card(*pcms)
    finally:
        library.close()


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
