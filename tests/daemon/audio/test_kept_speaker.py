"""A speaker that is opened again: what is told, and what it is spared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from myna.audio.events import DeviceBack, DeviceTrouble, FramesLost
from myna.audio.kept_speaker import KeptSpeaker
from myna_hardware.errors import DeviceBusyError
from myna_hardware.interfaces import Speaker
from myna_hardware.speaker.simulated import SimulatedSpeaker
from support.pcm import note

SOUND = note(440, 0.02)


class Kept:
    """A kept speaker, and what it told."""

    def __init__(self) -> None:
        self.news: list[DeviceTrouble | DeviceBack | FramesLost] = []
        self.opened: list[SimulatedSpeaker] = []
        self.attempts = 0
        self.is_busy = False
        self.heard: list[bytes] = []
        self.speaker = KeptSpeaker(
            self._open, self.news.append, lambda pcm, _ends_s: self.heard.append(pcm)
        )

    def _open(self, _periods: int) -> Speaker:
        self.attempts += 1
        if self.is_busy:
            raise DeviceBusyError("speaker", "held by another program")
        self.opened.append(SimulatedSpeaker())
        return self.opened[-1]


def lose_in_rest(kept: Kept) -> None:
    kept.opened[0].unplug()
    kept.speaker.rest()


def lose_in_write(kept: Kept) -> None:
    kept.opened[0].unplug()
    assert not kept.speaker.write(SOUND)


def lose_when_looked_after(kept: Kept) -> None:
    kept.opened[0].unplug()
    kept.speaker.look_after()


@pytest.mark.parametrize("lose", [lose_in_rest, lose_in_write, lose_when_looked_after])
def test_speaker_that_is_lost_is_told_and_opened_for_the_next_sound(
    lose: Callable[[Kept], None],
) -> None:
    kept = Kept()
    assert kept.speaker.write(SOUND)
    lose(kept)
    assert [type(each) for each in kept.news] == [DeviceTrouble]
    assert kept.speaker.delay_frames == 0
    assert kept.speaker.write(SOUND)
    assert kept.news[-1] == DeviceBack("speaker")
    assert len(kept.opened) == 2
    assert kept.heard == [SOUND, SOUND], "and nothing that was not written"
    kept.speaker.close()


def test_speaker_that_does_not_open_is_told_once_and_not_tried_at_once_again() -> None:
    kept = Kept()
    kept.is_busy = True
    assert not kept.speaker.write(SOUND)
    assert not kept.speaker.write(SOUND)
    assert kept.attempts == 1
    assert [type(each) for each in kept.news] == [DeviceTrouble]
    assert kept.heard == []


def test_resting_and_closing_without_a_speaker_does_nothing() -> None:
    kept = Kept()
    kept.speaker.rest()
    kept.speaker.close()
    assert (kept.attempts, kept.news) == (0, [])


def test_underruns_are_counted_from_the_opening_of_each_device() -> None:
    kept = Kept()
    for _ in range(2):
        assert kept.speaker.write(SOUND)
        kept.opened[-1]._underruns += 1
        assert kept.speaker.write(SOUND)
        kept.speaker.close()
    assert kept.news == [FramesLost("speaker", 480)] * 2
