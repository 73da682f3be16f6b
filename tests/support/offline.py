"""The speaker's ears in a scripted room, faster than real time and always the same.

The classes of the daemon (`myna.echo`, the wake detector) between a loudspeaker and a
microphone that are arithmetic. What is missing is what threads and devices do to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from myna.audio.words import Words
from myna.config import AudioSettings, Config, WakeSettings
from myna.conversation.events import WakeHeard
from myna.echo.branches import Branches
from myna.echo.opening import open_echo
from myna.wake.micro import ENGINE, open_micro
from myna.wake.over_reply import open_over_reply
from myna_hardware.settings import MicrophoneSettings
from myna_hardware.timeline import WINDOW_S
from myna_hardware.units import (
    CAPTURE_PERIOD_FRAMES,
    PERIOD_MS,
    PLAYBACK_PERIOD_FRAMES,
    Frames,
    bytes_for,
    frames_in,
    silence,
)
from support.acoustics import BLOCK_FRAMES, FAR_BLOCK_FRAMES, Air, Coupling

PERIOD_S: Final = PERIOD_MS / 1000
AHEAD: Final = 2
"""Periods that the speaker's buffer holds."""

UNTOLD: Final = 3
"""Periods of the devices' delay that they do not tell (PulseAudio: 60 ms)."""

JITTER_S: Final = 0.0002
"""Of the devices' times, one standard deviation (tests/bench/bench_timestamps.py)."""

OPENING_S: Final = 0.003
"""By how much the told times are late at most when the device has been opened, until the
driver has told them for half a second. It stays open from one reply to the next."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One period of 20 ms, 16 kHz.

    Attributes:
        microphone: What was captured.
        echo: The loudspeaker's part of it.
        uplink: What goes to the server, unless the uplink is shut.
        near: What the wake word is looked for in.
        is_shut: Whether the uplink is shut, for something sounds in half duplex.
        word: The wake word that was heard in this period.
    """

    microphone: bytes
    echo: bytes
    uplink: bytes
    near: bytes
    is_shut: bool
    word: WakeHeard | None


def _words(settings: WakeSettings) -> Words:
    return Words(open_micro(settings), open_over_reply(settings, ENGINE))


class Ears:
    """Loudspeaker, room, microphone, echo canceller and wake word.

    Args:
        coupling: Loudspeaker, room and microphone.
        words: What is listened for; none costs nothing.
        echo: The mode, as `audio.echo`.
        threshold: How sure the engine must be of a word; None for its own default.
    """

    def __init__(
        self,
        coupling: Coupling,
        words: tuple[str, ...] = ("alexa",),
        echo: str = "auto",
        threshold: float | None = None,
    ) -> None:
        settings = AudioSettings(echo=echo)  # type: ignore[arg-type]  # checked by argparse
        config = Config(audio=settings, microphone=MicrophoneSettings(driver="pyaudio"))
        self.troubles: list[str] = []
        self.echo = open_echo(config, lambda _part, why: self.troubles.append(why))
        self._words = _words(WakeSettings(words=words, threshold=threshold)) if words else None
        self._next_frame = 0
        self._air = Air(coupling)
        self._chance = np.random.default_rng(7)
        self._buffer: deque[bytes] = deque()
        self._on_the_way = deque([silence(PLAYBACK_PERIOD_FRAMES)] * UNTOLD)
        self._reply = b""
        self._opening_s = float(self._chance.uniform(0, OPENING_S))
        self._since_opening_s = 0.0
        self._now_s = 1000.0

    @property
    def is_playing(self) -> bool:
        """Whether there is a reply that has not been heard to its end."""
        return bool(self._reply) or any(any(pcm) for pcm in self._buffer)

    def play(self, pcm: bytes) -> None:
        """Queue a reply, 24 kHz."""
        self._reply += pcm

    def flush(self) -> None:
        """Drop what is queued and what is buffered, as the daemon does on a wake word."""
        self._reply = b""
        self._buffer.clear()

    def live(self, voice: bytes, seconds: float) -> Iterator[Moment]:
        """Let `seconds` pass, in which `voice` (16 kHz) is said from the first frame on."""
        size = bytes_for(CAPTURE_PERIOD_FRAMES)
        for at in range(round(seconds / PERIOD_S)):
            yield self.pass_period(voice[at * size : (at + 1) * size].ljust(size, b"\0"))

    def pass_period(self, voice: bytes) -> Moment:
        """Let 20 ms pass."""
        self._write()
        heard, echo = self._captured(voice)
        self._now_s += PERIOD_S
        branches = self.echo.captured(heard, self._told(self._now_s))
        self._next_frame += frames_in(heard)
        word = self._listen(branches)
        is_shut = branches.is_echoing and self.echo.is_half_duplex
        return Moment(heard, echo, branches.uplink, branches.near, is_shut, word)

    def _listen(self, branches: Branches) -> WakeHeard | None:
        events = [] if self._words is None else self._words.hear(branches, Frames(self._next_frame))
        return next((event for event in events if isinstance(event, WakeHeard)), None)

    def _write(self) -> None:
        """Be the playback thread: keep `AHEAD` periods in the speaker's buffer, and it open."""
        size = bytes_for(PLAYBACK_PERIOD_FRAMES)
        while len(self._buffer) <= AHEAD:
            pcm, self._reply = self._reply[:size].ljust(size, b"\0"), self._reply[size:]
            self._buffer.append(pcm)
            self._since_opening_s += PERIOD_S
            late_s = self._opening_s if self._since_opening_s < WINDOW_S else 0.0
            ends_s = self._now_s + len(self._buffer) * PERIOD_S + late_s
            self.echo.played(pcm, self._told(ends_s))

    def _captured(self, voice: bytes) -> tuple[bytes, bytes]:
        pause = silence(PLAYBACK_PERIOD_FRAMES)
        self._on_the_way.append(self._buffer.popleft() if self._buffer else pause)
        far = self._on_the_way.popleft()
        heard, echo = b"", b""
        size, far_size = bytes_for(BLOCK_FRAMES), bytes_for(FAR_BLOCK_FRAMES)
        for at in (0, 1):
            part = self._air.echo(far[at * far_size : (at + 1) * far_size])
            heard += self._air.mix(part, voice[at * size : (at + 1) * size])
            echo += part
        return heard, echo

    def _told(self, seconds: float) -> float:
        return seconds + abs(float(self._chance.normal(0, JITTER_S)))
