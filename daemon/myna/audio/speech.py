"""Finds speech in periods of PCM: both ears of the endpointer on one stream.

Belongs to one conversation; while there is none, nothing here runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myna.audio.level import LevelMeter, level_dbfs
from myna.audio.voice import OpenVoice, Voice
from myna.conversation.endpointing import END_S, ROOM_PERIODS, Endpoint, Endpointer
from myna_hardware.units import (
    CAPTURE_PERIOD_FRAMES,
    Frames,
    bytes_for,
    frames_for,
    frames_in,
    seconds_for,
)

ROOM: Final = Frames(ROOM_PERIODS * CAPTURE_PERIOD_FRAMES)
"""How much of what was before tells the noise floor."""

WARM_UP: Final = frames_for(0.2)
"""What a voice detector has to hear before its word counts."""


class SpeechFinder:
    """Looks for speech in one stream.

    Args:
        endpointer: Decides.
        voice: Hears voices; None leaves it to loudness.

    Attributes:
        level_dbfs: Of the last period.
        level: The same for the eye, 0 to 1; None when there is nothing new to tell.
    """

    def __init__(self, endpointer: Endpointer, voice: Voice | None) -> None:
        self._endpointer = endpointer
        self._voice = voice
        self._meter = LevelMeter()
        self.level_dbfs = level_dbfs(b"")
        self.level: float | None = None

    def feed(self, period: bytes) -> Endpoint | None:
        """Take one period of 16 kHz mono PCM; say what it changed."""
        self.level_dbfs = level_dbfs(period)
        voice = None if self._voice is None else self._voice.probability(period)
        seconds = seconds_for(frames_in(period))
        self.level = self._meter.feed(self.level_dbfs, seconds)
        return self._endpointer.feed(self.level_dbfs, seconds, voice)


@dataclass(frozen=True, slots=True)
class SpeechFinding:
    """How speech is looked for.

    Attributes:
        open_voice: Opens a voice detector, or None: by loudness alone.
        end_s: Quiet that ends an utterance.
        is_at_rest: Whether it is looked for while nobody attends, too: it costs 2 ms per
            second of sound.
    """

    open_voice: OpenVoice | None = None
    end_s: float = END_S
    is_at_rest: bool = False

    def begin(self, before: bytes) -> SpeechFinder:
        """Begin with a new stream.

        Args:
            before: What was heard right before it, up to `ROOM` frames: the room, and
                somebody who speaks to it. Nobody is looked for in that.
        """
        endpointer = Endpointer(self.end_s)
        size = bytes_for(CAPTURE_PERIOD_FRAMES)
        for start in range(0, len(before), size):
            endpointer.learn(level_dbfs(before[start : start + size]))
        voice = None if self.open_voice is None else self.open_voice()
        if voice is not None:
            voice.probability(before[-bytes_for(WARM_UP) :])
        return SpeechFinder(endpointer, voice)


BY_LOUDNESS: Final = SpeechFinding()
"""Without a voice detector."""
