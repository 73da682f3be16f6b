"""WAV files as the speaker uses them: mono, 16-bit PCM."""

from __future__ import annotations

import struct
import wave
from pathlib import Path
from typing import BinaryIO, Final

from myna_hardware.errors import BadFormatError, DeviceNotFoundError
from myna_hardware.units import SAMPLE_BYTES, bytes_for

HEADER_BYTES: Final = 44
RIFF_OVERHEAD_BYTES: Final = HEADER_BYTES - 8
LARGEST_PCM_BYTES: Final = 0xFFFFFFFF - RIFF_OVERHEAD_BYTES
"""What a 32-bit size field can say: a day at 24 kHz."""


def open_wav(path: Path, rate_hz: int, device: str) -> wave.Wave_read:
    """Open a mono 16-bit WAV of `rate_hz` for reading, piece by piece.

    Args:
        path: The file.
        rate_hz: The only rate accepted.
        device: Whom an error speaks of.

    Raises:
        DeviceNotFoundError: The file is missing or cannot be read.
        BadFormatError: It is not such a WAV; the error says how to convert it.
    """
    try:
        file = wave.open(str(path), "rb")  # noqa: SIM115  # the caller closes it
    except OSError as error:
        raise DeviceNotFoundError(device, f"cannot read {path}: {error.strerror}") from error
    except (wave.Error, EOFError) as error:
        reason = str(error) or "it ends within its header"
        raise BadFormatError(
            device, f"{path} is not a PCM WAV: {reason}; {_cure(path, rate_hz)}"
        ) from error
    if (found := _shape(file)) != (rate_hz, 1, SAMPLE_BYTES):
        file.close()
        raise BadFormatError(device, f"{path} is {_spell(*found)}; {_cure(path, rate_hz)}")
    return file


def read_wav(path: Path, rate_hz: int, device: str) -> bytes:
    """Return the whole PCM of a mono 16-bit WAV of `rate_hz`; errors as `open_wav`."""
    with open_wav(path, rate_hz, device) as file:
        return file.readframes(file.getnframes())


def _shape(file: wave.Wave_read) -> tuple[int, int, int]:
    return file.getframerate(), file.getnchannels(), file.getsampwidth()


def _spell(rate_hz: int, channels: int, sample_bytes: int) -> str:
    return f"{rate_hz} Hz, {channels} channel{'s'[: channels > 1]}, {8 * sample_bytes}-bit"


def _cure(path: Path, rate_hz: int) -> str:
    wanted = path.with_name(f"{path.stem}_{rate_hz}.wav")
    return (
        f"what is needed is {_spell(rate_hz, 1, SAMPLE_BYTES)}: "
        f"ffmpeg -i '{path}' -ar {rate_hz} -ac 1 -c:a pcm_s16le '{wanted}'"
    )


class WavWriter:
    """A mono 16-bit WAV that grows, and that is valid after every single call.

    Silence takes no room on a disk that knows sparse files.

    Args:
        path: The file to write; what was there is lost.
        rate_hz: Frames a second.
        device: Whom an error speaks of.

    Raises:
        DeviceNotFoundError: The file cannot be written.
    """

    def __init__(self, path: Path, rate_hz: int, device: str) -> None:
        self._rate_hz = rate_hz
        self._pcm_bytes = 0
        try:
            self._file: BinaryIO = path.open("wb", buffering=0)
        except FileNotFoundError as error:
            cure = f"its folder does not exist: mkdir -p '{path.parent}'"
            raise DeviceNotFoundError(device, f"cannot write {path}: {cure}") from error
        except OSError as error:
            raise DeviceNotFoundError(device, f"cannot write {path}: {error.strerror}") from error
        try:
            self._sign()
        except OSError as error:
            self._file.close()
            raise DeviceNotFoundError(device, f"cannot write {path}: {error.strerror}") from error

    def append(self, pcm: bytes) -> None:
        """Add `pcm` at the end.

        Raises:
            OSError: The disk is full, or the file has become too long for a WAV.
        """
        self._file.seek(HEADER_BYTES + self._pcm_bytes)
        self._grow(len(pcm))
        self._file.write(pcm)
        self._sign()

    def append_silence(self, frames: int) -> None:
        """Add `frames` of silence at the end; errors as `append`."""
        self._grow(bytes_for(frames))
        self._file.truncate(HEADER_BYTES + self._pcm_bytes)
        self._sign()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _grow(self, size: int) -> None:
        if self._pcm_bytes + size > LARGEST_PCM_BYTES:
            raise OSError("the WAV is full")
        self._pcm_bytes += size

    def _sign(self) -> None:
        self._file.seek(0)
        self._file.write(self._header())

    def _header(self) -> bytes:
        """Return the header of the canonical PCM WAV (RIFF, "fmt " of 16 bytes, "data")."""
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF",
            self._pcm_bytes + RIFF_OVERHEAD_BYTES,
            b"WAVE",
            b"fmt ",
            16,
            1,
            1,
            self._rate_hz,
            self._rate_hz * SAMPLE_BYTES,
            SAMPLE_BYTES,
            8 * SAMPLE_BYTES,
            b"data",
            self._pcm_bytes,
        )
