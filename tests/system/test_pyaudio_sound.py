"""Our PyAudio drivers on a real PulseAudio: every sample, every name, every refusal."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from myna_hardware.errors import BadFormatError, DeviceNotFoundError
from myna_hardware.microphone import list_microphones, open_microphone
from myna_hardware.settings import MicrophoneSettings, SpeakerSettings
from myna_hardware.sound_format import SoundFormat
from myna_hardware.speaker import list_speakers, open_speaker
from myna_hardware.units import bytes_for, frames_for, silence
from support.pcm import loudness_away_from_the_tone, noise, sounding_s, tone
from support.sound_server import LEAD_S, SoundServer, doing_only

SPEECH = noise(16_000)
REPLY = noise(24_000, 2)
LEAD = silence(frames_for(LEAD_S))
TONE_24K, TONE_16K = tone(24_000), tone(16_000)
CLICK = 200
"""Of a tone of 8000: a piece that is a sample off is as far from it as 900."""


@pytest.fixture
def _no_sound_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/usr/share/alsa/alsa.conf")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def capture(settings: MicrophoneSettings, server: SoundServer) -> bytes:
    microphone = open_microphone(settings)
    speaking = threading.Thread(target=server.feed, args=(LEAD + SPEECH + LEAD,))
    heard = microphone.read()
    speaking.start()
    while SPEECH not in heard and len(heard) < bytes_for(frames_for(4.0)):
        heard += microphone.read()
    speaking.join()
    assert microphone.lost_frames == 0
    microphone.close()
    return heard


@pytest.mark.parametrize("device", ["default", "vmic", "VMI", "pulse:micfeed.monitor"])
def test_speech_is_captured_sample_by_sample(sound_server: SoundServer, device: str) -> None:
    assert SPEECH in capture(MicrophoneSettings(device=device), sound_server)


@pytest.mark.parametrize("device", ["default", "vspk", "vsp", "pulse:spk"])
def test_reply_is_played_sample_by_sample(sound_server: SoundServer, device: str) -> None:
    with sound_server.record() as recording:
        speaker = open_speaker(SpeakerSettings(device=device))
        speaker.write(REPLY)
        speaker.drain()
        speaker.close()
        assert recording.settled().strip(b"\0") == REPLY.strip(b"\0")


def test_speaker_leaves_the_device_while_it_rests(sound_server: SoundServer) -> None:
    speaker = open_speaker(SpeakerSettings(device="vspk"))
    assert sound_server.players() == 0
    speaker.write(REPLY[:960])
    assert sound_server.players() == 1
    speaker.drain()
    assert sound_server.players() == 0
    speaker.close()


def test_devices_open_with_a_larger_buffer(sound_server: SoundServer) -> None:
    with sound_server.record() as recording:
        small, large = (open_speaker(SpeakerSettings(device="vspk"), each) for each in (1, 4))
        assert large.delay_frames == 4 * small.delay_frames == frames_for(0.080, 24_000)
        large.write(REPLY[:9600])
        large.drain()
        assert REPLY[:9600] in recording.settled()
        large.close()
        small.close()
    microphone = open_microphone(MicrophoneSettings(device="vmic"), 4)
    assert {len(microphone.read()) for _ in range(10)} == {640}
    microphone.close()


def test_second_device_opens_by_an_alsa_name_while_the_first_is_in_use(
    sound_server: SoundServer,
) -> None:
    microphone = open_microphone(MicrophoneSettings(device="vmic"))
    with sound_server.record() as recording:
        speaker = open_speaker(SpeakerSettings(device="pulse:DEVICE=spk"))
        speaker.write(REPLY[:960])
        speaker.drain()
        speaker.close()
        assert REPLY[:960] in recording.settled()
    assert len(microphone.read()) == 640
    microphone.close()


def test_devices_are_listed_by_the_names_that_open_them(sound_server: SoundServer) -> None:
    for listed in (list_microphones(), list_speakers()):
        assert set(sound_server.devices) <= set(listed)
        assert not any("myna" in name for name in listed)


def test_unknown_name_lists_those_there_are(sound_server: SoundServer) -> None:
    assert sound_server.devices
    for name in ("kazoo", "plughw:CARD=Kazoo,DEV=0", 'a "quoted\\ name', "two\nlines"):
        with pytest.raises(DeviceNotFoundError) as refused:
            open_microphone(MicrophoneSettings(device=name))
        assert "no such device; there are: " in str(refused.value)
        assert "vmic" in str(refused.value)


def test_name_that_fits_several_devices_is_refused(sound_server: SoundServer) -> None:
    assert sound_server.devices
    with pytest.raises(DeviceNotFoundError, match=r"could be any of .*vmic.*vspk.*: say which"):
        open_speaker(SpeakerSettings(device="v"))


def test_device_that_does_nothing_of_ours_names_the_cure(sound_server: SoundServer) -> None:
    assert sound_server.devices
    with pytest.raises(BadFormatError, match=r"cinema: does nothing .*plughw:"):
        open_microphone(MicrophoneSettings(device="cinema"))


def test_speaker_that_does_stereo_only_opens(sound_server: SoundServer) -> None:
    assert sound_server.devices
    speaker = open_speaker(SpeakerSettings(device="hat"))
    speaker.write(REPLY[:9600])
    speaker.drain()
    speaker.close()


ONLY = [SoundFormat(48_000, 2), SoundFormat(44_100, 2), SoundFormat(48_000, 1)]


@pytest.mark.parametrize("sound", ONLY, ids=str)
def test_reply_is_played_without_a_click_by_a_device_of_another_rate(
    sound_server: SoundServer, sound: SoundFormat
) -> None:
    with doing_only(sound), sound_server.record() as recording:
        speaker = open_speaker(SpeakerSettings(device="vspk"))
        for start in range(0, len(TONE_24K), 240):
            speaker.write(TONE_24K[start : start + 240])
        speaker.drain()
        speaker.close()
        heard = recording.settled()
    assert speaker.underruns == 0
    assert loudness_away_from_the_tone(heard, 24_000) < CLICK
    assert sounding_s(heard, 24_000) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("sound", ONLY, ids=str)
def test_speech_is_captured_without_a_click_by_a_device_of_another_rate(
    sound_server: SoundServer, sound: SoundFormat
) -> None:
    with doing_only(sound):
        microphone = open_microphone(MicrophoneSettings(device="vmic"))
        microphone.read()
        speaking = threading.Thread(target=sound_server.feed, args=(LEAD + TONE_16K + LEAD,))
        speaking.start()
        heard = b"".join(microphone.read() for _ in range(90))
        speaking.join()
        microphone.close()
    assert microphone.lost_frames == 0
    assert loudness_away_from_the_tone(heard, 16_000) < CLICK
    assert sounding_s(heard, 16_000) == pytest.approx(1.0, abs=0.01)


def test_libraries_keep_quiet_on_stderr(
    sound_server: SoundServer, capfd: pytest.CaptureFixture[str]
) -> None:
    assert sound_server.devices
    list_microphones()
    open_microphone(MicrophoneSettings(device="vmic")).close()
    open_speaker(SpeakerSettings(device="vspk")).close()
    with pytest.raises(DeviceNotFoundError):
        open_microphone(MicrophoneSettings(device="kazoo"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("_no_sound_at_all")
def test_machine_without_sound_says_so_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    for open_default in (
        lambda: open_microphone(MicrophoneSettings()),
        lambda: open_speaker(SpeakerSettings()),
    ):
        with pytest.raises(DeviceNotFoundError) as refused:
            open_default()
        assert "no sound card" in str(refused.value)
        assert "\n" not in str(refused.value)
    assert list_microphones() == list_speakers() == []
    assert capfd.readouterr() == ("", "")
