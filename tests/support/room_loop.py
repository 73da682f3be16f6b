"""The process behind `room.py`: speaker monitor -> room -> microphone, 10 ms at a time.

    python -m support.room_loop FOLDER COUPLING

A process of its own, for a thread would wait for the daemon under test. Every block that
the speaker's monitor gives is one block for the microphone, so that the delay between
them never changes unless PulseAudio runs out of blocks, which pacat tells. Commands come
on standard input (see `Say`), each answered on standard output by the frame at which it
starts; the end of standard input ends the process. `FOLDER` gets microphone, echo and
voice, raw PCM of 16 kHz, from the same first frame on, and the frames of all gaps.
"""

from __future__ import annotations

import fcntl
import queue
import struct
import subprocess
import sys
import termios
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import msgspec

from myna_hardware.units import CAPTURE_RATE_HZ, PLAYBACK_RATE_HZ, bytes_for, frames_in, silence
from support.acoustics import BLOCK_FRAMES, FAR_BLOCK_FRAMES, Air, Coupling
from support.precedence import precedence

LENGTH: Final = struct.Struct("<Q")
"""Before the PCM of a command; also the answer: a frame."""

LOOP_S: Final = 0.040
"""What the sound server's buffers add to the room's delay, the same for as long as a room
lasts, and within 10 ms of this from one to the next (measured between the monitors)."""

STEM_NAMES: Final = ("microphone", "echo", "voice")
GAPS_NAME: Final = "gaps"
RESERVE_BLOCKS: Final = 2
"""Silence ahead of the first block: how late this process may be without a gap."""

BUFFER_MS: Final = 50
WARM_UP_BLOCKS: Final = 50


class Loop:
    """The loop, from the first block to the end of standard input."""

    def __init__(self, folder: Path, coupling: Coupling, stack: ExitStack) -> None:
        self._air = Air(coupling, LOOP_S)
        self._sayings: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._voice = bytearray()
        self._frame = 0
        self._is_warm = False
        self._is_over = threading.Event()
        self._stems = [
            stack.enter_context((folder / f"{name}.s16").open("wb", 0)) for name in STEM_NAMES
        ]
        self._gaps = stack.enter_context((folder / GAPS_NAME).open("w", buffering=1))
        self._heard = _program("parec", "spk.monitor", PLAYBACK_RATE_HZ, 10)
        self._fed = _program("pacat", "micfeed", CAPTURE_RATE_HZ, BUFFER_MS)

    def run(self) -> None:
        """Warm up, then loop until the end."""
        threading.Thread(target=self._watch, daemon=True).start()
        self._warm_up()
        threading.Thread(target=self._obey, daemon=True).start()
        self._is_warm = True
        _answer(0)
        while not self._is_over.is_set() and (far := self._hear()):
            self._turn(far)

    def end(self) -> None:
        """End both programs."""
        for program in (self._heard, self._fed):
            program.terminate()
            program.wait()

    def _warm_up(self) -> None:
        """Get both programs going, then leave exactly `RESERVE_BLOCKS` between them."""
        pause = silence(BLOCK_FRAMES)
        for _ in range(WARM_UP_BLOCKS):
            self._hear()
            self._feed(pause)
        while self._hear() and self._waiting_bytes():
            pass
        for _ in range(RESERVE_BLOCKS):
            self._feed(pause)

    def _turn(self, far: bytes) -> None:
        with suppress(queue.Empty):
            self._say(self._sayings.get_nowait())
        size = bytes_for(BLOCK_FRAMES)
        voice = bytes(self._voice[:size]).ljust(size, b"\0")
        del self._voice[:size]
        echo = self._air.echo(far)
        mixed = self._air.mix(echo, voice)
        self._feed(mixed)
        for stem, pcm in zip(self._stems, (mixed, echo, voice), strict=True):
            stem.write(pcm)
        self._frame += BLOCK_FRAMES

    def _say(self, pcm: bytes) -> None:
        """Speak after what is being said."""
        _answer(self._frame + frames_in(self._voice))
        self._voice += pcm

    def _hear(self) -> bytes:
        assert self._heard.stdout is not None
        return self._heard.stdout.read(bytes_for(FAR_BLOCK_FRAMES))

    def _feed(self, pcm: bytes) -> None:
        assert self._fed.stdin is not None
        self._fed.stdin.write(pcm)

    def _waiting_bytes(self) -> int:
        """Return how much pacat has not taken yet."""
        assert self._fed.stdin is not None
        answer = fcntl.ioctl(self._fed.stdin, termios.FIONREAD, b"\0" * 4)
        return int.from_bytes(answer, sys.byteorder)

    def _watch(self) -> None:
        """Note the frames at which the microphone ran dry."""
        assert self._fed.stderr is not None
        for line in self._fed.stderr:
            if b"underrun" in line and self._is_warm:
                self._gaps.write(f"{self._frame}\n")

    def _obey(self) -> None:
        while header := sys.stdin.buffer.read(LENGTH.size):
            self._sayings.put(sys.stdin.buffer.read(LENGTH.unpack(header)[0]))
        self._is_over.set()


def _answer(frame: int) -> None:
    sys.stdout.buffer.write(LENGTH.pack(frame))
    sys.stdout.buffer.flush()


def _program(name: str, device: str, rate_hz: int, latency_ms: int) -> subprocess.Popen[bytes]:
    command = [name, f"--device={device}", "--raw", "--channels=1", "--format=s16le", "--verbose"]
    command += [f"--rate={rate_hz}", f"--latency-msec={latency_ms}", "--process-time-msec=10"]
    pipe = subprocess.PIPE
    is_source = name == "parec"
    return subprocess.Popen(  # noqa: S603 - fixed commands
        command,
        stdin=None if is_source else pipe,
        stdout=pipe if is_source else None,
        stderr=subprocess.DEVNULL if is_source else pipe,
        bufsize=-1 if is_source else 0,
    )


def main(folder: str, coupling: str) -> None:
    """Run until standard input ends."""
    with ExitStack() as stack:
        stack.enter_context(precedence())
        loop = Loop(Path(folder), msgspec.json.decode(coupling, type=Coupling), stack)
        try:
            loop.run()
        finally:
            loop.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
