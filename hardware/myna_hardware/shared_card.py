"""The microphone and the speaker of one card, as two devices.

While the microphone is open both share a `Duplex`. A muted microphone must be released,
and then so is the duplex stream: the speaker opens the card for itself when it next has
something to play, and rests between replies as it does alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from myna_hardware.conversion import ToDevice
from myna_hardware.device_thread import DeviceThread
from myna_hardware.duplex import Duplex
from myna_hardware.errors import DeviceLostError, HardwareError
from myna_hardware.interfaces import Microphone, Speaker
from myna_hardware.microphone import open_microphone, with_gain
from myna_hardware.microphone.periods import PeriodReader
from myna_hardware.quiet import quiet_stderr
from myna_hardware.settings import MicrophoneSettings, SpeakerSettings
from myna_hardware.sound_format import SoundFormat
from myna_hardware.speaker import open_speaker
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_for


class DuplexMicrophone:
    """The hearing half of a duplex stream; closing it closes the stream.

    Args:
        name: The device as the configuration names it.
        duplex: The stream.
    """

    def __init__(self, name: str, duplex: Duplex) -> None:
        self.name = name
        self._duplex = duplex
        self._reader = PeriodReader(name, duplex.periods)

    @property
    def lost_frames(self) -> int:
        """See `Microphone.lost_frames`."""
        return self._duplex.periods.lost_frames

    @property
    def ends_s(self) -> float:
        """See `Microphone.ends_s`; counted in frames of the card."""
        return self._reader.ends_s

    def read(self) -> bytes:
        """See `Microphone.read`."""
        return self._reader.read()

    def close(self) -> None:
        """See `Microphone.close`."""
        self._duplex.close()


class SharedSpeaker:
    """The playing half of a duplex stream, or of the card alone while there is none.

    Args:
        name: The device as the configuration names it.
        find_duplex: Returns the stream that is open now, if any.
        open_alone: Opens the speaker without a microphone.

    Raises:
        HardwareError: There is no duplex stream, and the speaker does not open alone.
    """

    def __init__(
        self,
        name: str,
        find_duplex: Callable[[], Duplex | None],
        open_alone: Callable[[], Speaker],
    ) -> None:
        self.name = name
        self._find_duplex = find_duplex
        self._open_alone = open_alone
        self._lock = threading.Lock()
        self._duplex: Duplex | None = None
        self._alone: Speaker | None = None
        self._to_device = ToDevice(PLAYBACK_RATE_HZ, SoundFormat(PLAYBACK_RATE_HZ))
        self._underruns = 0
        self._is_closed = False
        self._choose()

    @property
    def underruns(self) -> int:
        """See `Speaker.underruns`."""
        current = self._duplex or self._alone
        return self._underruns + (current.underruns if current else 0)

    @property
    def delay_frames(self) -> int:
        """See `Speaker.delay_frames`."""
        if self._duplex is not None:
            return frames_for(self._duplex.delay_s, PLAYBACK_RATE_HZ)
        return self._alone.delay_frames if self._alone is not None else 0

    @property
    def ends_s(self) -> float:
        """See `Speaker.ends_s`; in a duplex stream counted in frames of the card."""
        if self._duplex is not None:
            return self._duplex.plays_until_s + self._to_device.pending_s
        return self._alone.ends_s if self._alone is not None else 0.0

    def write(self, pcm: bytes) -> None:
        """See `Speaker.write`."""
        duplex, alone = self._choose()
        if duplex is not None:
            duplex.play(self._to_device.convert(pcm))
        elif alone is not None:
            alone.write(pcm)

    def drain(self) -> None:
        """See `Speaker.drain`."""
        if self._duplex is not None:
            self._duplex.play(self._to_device.end())
            self._duplex.play_out()
        elif self._alone is not None:
            self._alone.drain()

    def check(self) -> None:
        """See `Speaker.check`."""
        duplex, alone = self._choose()
        if duplex is not None:
            duplex.check()
        elif alone is not None:
            alone.check()

    def cut(self) -> bool:
        """See `Speaker.cut`."""
        return False

    def flush(self) -> None:
        """See `Speaker.flush`; what a duplex stream has in the device is still heard."""
        if self._duplex is not None:
            self._to_device.reset()
            self._duplex.drop()
        elif self._alone is not None:
            self._alone.flush()

    def close(self) -> None:
        """See `Speaker.close`; a duplex stream goes on, silent, for the microphone."""
        with self._lock:
            self._is_closed = True
            if self._duplex is not None:
                self._duplex.drop()
            self._use(None, None)

    def _choose(self) -> tuple[Duplex | None, Speaker | None]:
        """Return what to play with: the duplex stream while there is one."""
        with self._lock:
            if self._is_closed:
                raise DeviceLostError(self.name, "closed: open it anew")
            duplex = self._find_duplex()
            if duplex is None and self._alone is None:
                self._use(None, self._open())
            elif duplex is not None and duplex is not self._duplex:
                self._use(duplex, None)
                self._to_device = ToDevice(PLAYBACK_RATE_HZ, duplex.sound)
            return self._duplex, self._alone

    def _open(self) -> Speaker:
        try:
            return self._open_alone()
        except HardwareError as error:
            if self._duplex is None:
                raise
            raise DeviceLostError(self.name, f"cannot play again: {error.problem}") from error

    def _use(self, duplex: Duplex | None, alone: Speaker | None) -> None:
        for before in (self._duplex, self._alone):
            self._underruns += before.underruns if before is not None else 0
        if self._alone is not None:
            self._alone.close()
        self._underruns -= duplex.underruns if duplex is not None else 0
        self._duplex, self._alone = duplex, alone


class SharedCard:
    """Opens microphone and speaker, as one stream where one card is both.

    Where the duplex stream does not open, because the speaker plays alone just now or
    because the card cannot do it, two streams are used.

    Args:
        microphone: How to open the microphone.
        speaker: How to open the speaker.
    """

    def __init__(self, microphone: MicrophoneSettings, speaker: SpeakerSettings) -> None:
        self._microphone = microphone
        self._speaker = speaker
        self._duplex: Duplex | None = None
        self._buffer_periods = 1

    def open_microphone(self, buffer_periods: int) -> Microphone:
        """Open the microphone; arguments and errors as `open_microphone`."""
        if self._is_one():
            self._buffer_periods = max(self._buffer_periods, buffer_periods)
            names = self._microphone.device, self._speaker.device
            # Two streams are worse but work, and their error tells more.
            with suppress(HardwareError):
                self._duplex = Duplex(*names, self._buffer_periods)
                heard = DuplexMicrophone(self._microphone.device, self._duplex)
                return with_gain(heard, self._microphone.gain_db)
        return open_microphone(self._microphone, buffer_periods)

    def open_speaker(self, buffer_periods: int) -> Speaker:
        """Open the speaker; arguments and errors as `open_speaker`."""
        if not self._is_one():
            return open_speaker(self._speaker, buffer_periods)
        self._buffer_periods = max(self._buffer_periods, buffer_periods)
        return SharedSpeaker(
            self._speaker.device,
            self._find_duplex,
            lambda: open_speaker(self._speaker, buffer_periods),
        )

    def _find_duplex(self) -> Duplex | None:
        duplex = self._duplex
        return None if duplex is None or duplex.is_over else duplex

    def _is_one(self) -> bool:
        """Tell whether one card is both; cards come and go, so it is asked each time."""
        if {self._microphone.driver, self._speaker.driver} != {"pyaudio"}:
            return False
        if "default" in {self._microphone.device, self._speaker.device}:
            return False
        from myna_hardware.portaudio import OPEN_LIMIT_S, is_one_card

        thread = DeviceThread("find card")
        found = thread.submit(lambda: is_one_card(self._microphone.device, self._speaker.device))
        thread.end()
        try:
            with quiet_stderr():
                return found.result(timeout=OPEN_LIMIT_S)
        except (HardwareError, TimeoutError):
            return False
