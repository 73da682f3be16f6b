"""A room around the sound server: the virtual microphone hears the virtual speaker.

    with running_sound_server(folder) as server, room(server, Coupling(ROOMS["living"])) as air:
        start = air.say(recorded("alexa"), gain_db=-3.0)
        ...
        heard = air.captured()  # microphone, echo and voice, from the same first frame on

The room feeds the microphone all the time, so nobody else may (`SoundServer.feed`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from myna_hardware.units import Frames, bytes_for
from support.acoustics import Captured, Coupling, amplified
from support.room_loop import GAPS_NAME, LENGTH, STEM_NAMES
from support.sound_server import SoundServer

_TESTS: Final = Path(__file__).parents[1]


class RunningRoom:
    """What a test does in a room.

    Attributes:
        coupling: What the room is like.
    """

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, coupling: Coupling) -> None:
        self._process = process
        self._folder = folder
        self.coupling = coupling

    def say(self, pcm: bytes, gain_db: float = 0.0) -> Frames:
        """Speak `pcm` (16 kHz) now, or after what is being said; bit-exact at 0 dB.

        Returns:
            The frame at which it starts; it has been said when `now` is past its end.
        """
        assert self._process.stdin is not None
        spoken = amplified(pcm, gain_db)
        self._process.stdin.write(LENGTH.pack(len(spoken)) + spoken)
        self._process.stdin.flush()
        return self._answer()

    @property
    def now(self) -> Frames:
        """How many frames the microphone has been given."""
        return Frames(min(self._size(name) for name in STEM_NAMES) // bytes_for(1))

    def wait_until(self, frame: int, timeout_s: float = 120.0) -> None:
        """Block until the microphone has been given the frames before `frame`.

        Raises:
            TimeoutError: It was not.
        """
        deadline_s = time.monotonic() + timeout_s
        while self.now < frame:
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"the room stands still at frame {self.now}")
            time.sleep(0.01)

    def captured(self) -> Captured:
        """Return everything so far."""
        size = bytes_for(self.now)
        stems = (self._folder.joinpath(f"{name}.s16").read_bytes() for name in STEM_NAMES)
        return Captured(*(pcm[:size] for pcm in stems))

    @property
    def gaps(self) -> list[int]:
        """The frames at which the microphone ran dry: each changes the delay of the echo."""
        return [int(line) for line in (self._folder / GAPS_NAME).read_text().split()]

    def _answer(self) -> Frames:
        assert self._process.stdout is not None
        answer = self._process.stdout.read(LENGTH.size)
        if len(answer) < LENGTH.size:
            raise RuntimeError("the room has ended; is its sound server gone?")
        return Frames(LENGTH.unpack(answer)[0])

    def _size(self, name: str) -> int:
        return (self._folder / f"{name}.s16").stat().st_size


@contextmanager
def room(server: SoundServer, coupling: Coupling) -> Iterator[RunningRoom]:
    """Let the microphone of `server` hear its speaker while the context lasts."""
    with TemporaryDirectory(prefix="room-") as folder:
        command = [sys.executable, "-m", "support.room_loop", folder]
        command.append(msgspec.json.encode(coupling).decode())
        paths = os.pathsep.join([str(_TESTS), os.environ.get("PYTHONPATH", "")])
        env = {**os.environ, **server.env, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(  # noqa: S603 - ourselves
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
        )
        running = RunningRoom(process, Path(folder), coupling)
        try:
            running._answer()
            yield running
        finally:
            process.communicate(timeout=10)
