"""Speech over a reply: whose is it?"""

from __future__ import annotations

from myna.audio.doubt import DOUBT, Doubt, SpeechEvent
from myna.conversation.events import SpeechEnded, SpeechStarted
from myna_hardware.units import Frames

START = SpeechStarted(Frames(100))
PERIOD = 320


def weigh(
    doubt: Doubt, event: SpeechEvent | None, now: int, *, echoes: bool = True, leaks: bool = False
) -> list[SpeechEvent]:
    return doubt.weigh(event, Frames(now), is_echoing=echoes, is_leaking=lambda: leaks)


def test_speech_is_believed_at_once_where_nothing_plays() -> None:
    assert weigh(Doubt(), START, PERIOD, echoes=False) == [START]


def test_voice_over_a_reply_is_believed_a_little_later() -> None:
    doubt = Doubt()
    assert weigh(doubt, START, PERIOD) == []
    assert weigh(doubt, None, DOUBT + PERIOD - 1) == []
    assert weigh(doubt, None, DOUBT + PERIOD) == [START]
    assert weigh(doubt, None, DOUBT + 2 * PERIOD) == []
    assert not doubt.is_refuted


def test_voice_is_believed_though_the_echo_is_over_by_then() -> None:
    doubt = Doubt()
    weigh(doubt, START, PERIOD)
    assert weigh(doubt, SpeechEnded(), DOUBT + PERIOD, echoes=False) == [START, SpeechEnded()]


def test_echo_is_refuted_and_the_next_voice_is_heard() -> None:
    doubt = Doubt()
    weigh(doubt, START, PERIOD)
    assert weigh(doubt, None, DOUBT + PERIOD, leaks=True) == []
    assert doubt.is_refuted
    assert weigh(doubt, SpeechEnded(), 2 * DOUBT) == [SpeechEnded()]
    assert not doubt.is_refuted


def test_doubt_is_forgotten_when_speech_is_looked_for_anew() -> None:
    doubt = Doubt()
    weigh(doubt, START, PERIOD)
    doubt.forget()
    assert weigh(doubt, None, 10 * DOUBT) == []
