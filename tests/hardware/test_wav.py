import wave
from pathlib import Path

import pytest

from myna_hardware.errors import BadFormatError, DeviceNotFoundError
from myna_hardware.wav import LARGEST_PCM_BYTES, WavWriter, read_wav
from support.pcm import noise

PCM = noise(100)


def write(path: Path, rate_hz: int, channels: int, sample_bytes: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setframerate(rate_hz)
        file.setnchannels(channels)
        file.setsampwidth(sample_bytes)
        file.writeframes(PCM)
    return path


def test_wav_is_read_as_it_was_written(tmp_path: Path) -> None:
    writer = WavWriter(tmp_path / "sound.wav", 24_000, "speaker")
    writer.append(PCM)
    writer.append_silence(50)
    writer.append(PCM)
    writer.close()
    assert read_wav(tmp_path / "sound.wav", 24_000, "speaker") == PCM + bytes(100) + PCM


def test_wav_is_valid_after_every_call_without_being_closed(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    writer = WavWriter(path, 24_000, "speaker")
    assert read_wav(path, 24_000, "speaker") == b""
    writer.append(PCM)
    assert read_wav(path, 24_000, "speaker") == PCM
    writer.append_silence(1)
    assert read_wav(path, 24_000, "speaker") == PCM + b"\0\0"
    writer.close()


def test_wav_silence_takes_no_room(tmp_path: Path) -> None:
    writer = WavWriter(tmp_path / "sound.wav", 24_000, "speaker")
    writer.append_silence(24_000 * 3600)
    writer.close()
    assert (tmp_path / "sound.wav").stat().st_blocks * 512 < 1_000_000


def test_wav_refuses_to_outgrow_its_header(tmp_path: Path) -> None:
    writer = WavWriter(tmp_path / "sound.wav", 24_000, "speaker")
    with pytest.raises(OSError, match="full"):
        writer.append_silence(LARGEST_PCM_BYTES // 2 + 1)
    writer.append(PCM)
    writer.close()
    assert read_wav(tmp_path / "sound.wav", 24_000, "speaker") == PCM


@pytest.mark.parametrize(
    ("rate_hz", "channels", "sample_bytes", "found"),
    [
        (44_100, 1, 2, "44100 Hz, 1 channel, 16-bit"),
        (16_000, 2, 2, "16000 Hz, 2 channels, 16-bit"),
        (16_000, 1, 1, "16000 Hz, 1 channel, 8-bit"),
    ],
)
def test_wav_of_another_format_is_refused_with_the_cure(
    tmp_path: Path, rate_hz: int, channels: int, sample_bytes: int, found: str
) -> None:
    path = write(tmp_path / "sound.wav", rate_hz, channels, sample_bytes)
    with pytest.raises(BadFormatError) as refused:
        read_wav(path, 16_000, "microphone")
    text = str(refused.value)
    assert text.startswith(f"microphone: {path} is {found}; ")
    assert f"ffmpeg -i '{path}' -ar 16000 -ac 1 -c:a pcm_s16le" in text
    assert "\n" not in text


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a sound at all, but some text"])
def test_wav_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(content)
    with pytest.raises(BadFormatError, match=r"is not a PCM WAV: .+; what is needed is 16000 Hz"):
        read_wav(path, 16_000, "microphone")


def test_wav_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFoundError, match=r"cannot read .*none\.wav: No such file"):
        read_wav(tmp_path / "none.wav", 16_000, "microphone")


def test_wav_cannot_be_written_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFoundError, match=f"mkdir -p '{tmp_path}/none'"):
        WavWriter(tmp_path / "none/sound.wav", 24_000, "speaker")


def test_wav_cannot_be_written_over_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFoundError, match="Is a directory"):
        WavWriter(tmp_path, 24_000, "speaker")


def test_wav_cannot_be_begun_on_a_full_disk() -> None:
    with pytest.raises(DeviceNotFoundError, match="/dev/full: No space left on device"):
        WavWriter(Path("/dev/full"), 24_000, "speaker")
