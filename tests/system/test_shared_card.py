"""Microphone and speaker of one card on a real PulseAudio, which stands in for the card."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from myna_hardware.errors import DeviceLostError
from myna_hardware.microphone.sound_card import SoundCardMicrophone
from myna_hardware.settings import MicrophoneSettings, SpeakerSettings
from myna_hardware.shared_card import DuplexMicrophone, SharedCard, SharedSpeaker
from myna_hardware.speaker.sound_card import SoundCardSpeaker
from support.pcm import find_sound, noise
from support.sound_server import SoundServer

REPLY = noise(9600, 2)


@pytest.fixture
def card(sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SharedCard:
    """Return what takes the two devices of the server for those of one card."""
    assert "vduplex" in sound_server.devices
    monkeypatch.setattr("myna_hardware.portaudio.is_same_card", lambda *_: True)
    return SharedCard(MicrophoneSettings(device="vmic"), SpeakerSettings(device="vspk"))


@pytest.fixture
def microphone(card: SharedCard) -> Iterator[DuplexMicrophone]:
    with closing(card.open_microphone(2)) as microphone:
        assert isinstance(microphone, DuplexMicrophone)
        microphone.read()
        yield microphone


def play(speaker: SharedSpeaker) -> None:
    speaker.write(REPLY)
    speaker.drain()


def opened(card: SharedCard) -> SharedSpeaker:
    speaker = card.open_speaker(2)
    assert isinstance(speaker, SharedSpeaker)
    return speaker


def test_both_use_one_stream_while_the_microphone_is_open(
    card: SharedCard, microphone: DuplexMicrophone, sound_server: SoundServer
) -> None:
    with sound_server.record() as recording, closing(opened(card)) as speaker:
        assert sound_server.players() == 1, "the stream plays silence"
        play(speaker)
        assert sound_server.players() == 1
        assert find_sound(recording.settled(), REPLY) is not None
        assert microphone.read()


def test_muted_microphone_is_released_and_the_speaker_plays_on_alone(
    card: SharedCard, sound_server: SoundServer
) -> None:
    with sound_server.record() as recording, closing(card.open_microphone(2)) as microphone:
        microphone.read()
        with closing(opened(card)) as speaker:
            play(speaker)
            microphone.close()
            assert sound_server.players() == 0
            recording.settled()
            play(speaker)
            assert sound_server.players() == 0, "it rests"
        assert REPLY in recording.settled()


def test_microphone_that_is_opened_again_takes_the_resting_speaker_along(
    card: SharedCard, sound_server: SoundServer
) -> None:
    with sound_server.record() as recording, closing(opened(card)) as speaker:
        play(speaker)
        with closing(card.open_microphone(2)) as microphone:
            assert isinstance(microphone, DuplexMicrophone)
            assert microphone.read()
            before = len(recording.pcm)
            play(speaker)
            assert find_sound(recording.settled()[before // 2 * 2 :], REPLY) is not None
            assert sound_server.players() == 1


def test_speaker_that_is_closed_leaves_the_microphone_alone(
    card: SharedCard, microphone: DuplexMicrophone
) -> None:
    speaker = opened(card)
    speaker.write(REPLY)
    speaker.close()
    assert len(microphone.read()) == 640
    with pytest.raises(DeviceLostError, match="closed"):
        speaker.check()


def test_times_of_a_duplex_stream_keep_the_same_distance(
    card: SharedCard, microphone: DuplexMicrophone
) -> None:
    """Both are counted in frames, so that they cannot drift apart."""
    reading = threading.Thread(target=lambda: [microphone.read() for _ in range(75)])
    reading.start()
    with closing(opened(card)) as speaker:
        for _ in range(3):
            speaker.write(REPLY)
        assert 0 < speaker.ends_s - time.monotonic() < 0.15
        reading.join()
        assert abs(microphone.ends_s - time.monotonic()) < 0.15


def test_two_streams_are_used_where_one_does_not_open(
    card: SharedCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("myna_hardware.portaudio.duplex_formats", tuple)
    with closing(card.open_microphone(1)) as microphone, closing(opened(card)) as speaker:
        assert isinstance(microphone, SoundCardMicrophone)
        assert microphone.read()
        play(speaker)


def test_devices_of_a_server_are_never_taken_for_one_card(sound_server: SoundServer) -> None:
    assert sound_server.devices
    for names in (("vmic", "vspk"), ("default", "default")):
        card = SharedCard(MicrophoneSettings(device=names[0]), SpeakerSettings(device=names[1]))
        with closing(card.open_speaker(1)) as speaker:
            assert isinstance(speaker, SoundCardSpeaker)
