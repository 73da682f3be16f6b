from myna_hardware.sound_format import SoundFormat, formats_to_try


def test_format_counts_frames_of_all_channels() -> None:
    stereo = SoundFormat(48_000, 2)
    assert stereo.frames_in(bytes(400)) == 100
    assert stereo.silence(100) == bytes(400)
    assert stereo.seconds_for(48) == 0.001
    assert stereo.frames_for_ms(20) == 960


def test_devices_are_asked_for_the_rate_of_speech_first_and_for_mono_before_stereo() -> None:
    tried = [(sound.rate_hz, sound.channels) for sound in formats_to_try(16_000, converts=True)]
    assert tried[:3] == [(16_000, 1), (16_000, 2), (48_000, 1)]
    assert (44_100, 2) in tried


def test_devices_are_asked_for_no_other_rate_where_none_can_be_converted() -> None:
    assert {sound.rate_hz for sound in formats_to_try(16_000, converts=False)} == {16_000}
