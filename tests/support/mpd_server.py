"""Debian's MPD with a null output, a folder of silence, and its own socket."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from myna_hardware.units import Frames, silence
from support.cli import write_wav

LIMIT_S: Final = 10.0

RATE_HZ: Final = 8000

SONGS: Final = ("one", "two")

CONFIG: Final = """\
music_directory "{folder}/music"
playlist_directory "{folder}/playlists"
db_file "{folder}/db"
state_file "{folder}/state"
state_file_interval "1"
bind_to_address "{folder}/socket"
zeroconf_enabled "no"
{more}
input {{
    plugin "curl"
}}
decoder {{
    plugin "wildmidi"
    enabled "no"
}}
audio_output {{
    type "null"
    name "nothing"
    mixer_type "{mixer}"
}}
"""


class MpdServer:
    """An MPD, and its own word on what it does.

    Args:
        folder: Holds all that is its.
        mixer: "software", "null" or "none".
        more: Lines of its configuration.
        password: For the questions of the test.

    Attributes:
        socket: Where it listens.
    """

    def __init__(
        self, folder: Path, mixer: str = "software", more: str = "", password: str = ""
    ) -> None:
        self._folder = folder
        self._password = password
        self.socket = folder / "socket"
        for name in ("music", "playlists"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name in SONGS:
            pcm = silence(Frames(60 * RATE_HZ))
            write_wav(folder / "music" / f"{name}.wav", pcm, RATE_HZ)
        (folder / "playlists" / "Quiet evening.m3u").write_text("two.wav\n")
        (folder / "mpd.conf").write_text(CONFIG.format(folder=folder, mixer=mixer, more=more))

    def start(self) -> None:
        """Start it, and wait until its music is known."""
        with (self._folder / "log").open("a") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own folder
                ["mpd", "--no-daemon", "--stderr", str(self._folder / "mpd.conf")],  # noqa: S607
                stdout=log,
                stderr=log,
            )
        for _attempt in range(500):
            try:
                if self.ask("listall").count("file: ") == len(SONGS):
                    return
            except (OSError, EOFError):
                assert self.process.poll() is None, (self._folder / "log").read_text()
            self._wait(0.02)
        raise AssertionError((self._folder / "log").read_text())

    def _wait(self, seconds: float) -> None:
        """Wait that long, or until it has ended."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def ask(self, *commands: str) -> str:
        """Return the answer to the last of `commands`."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(LIMIT_S)
            client.connect(str(self.socket))
            answers = client.makefile("r")
            _line(answers.readline())
            answer = ""
            for command in (f"password {self._password}",) * bool(self._password) + commands:
                client.sendall(f"{command}\n".encode())
                answer = "".join(iter(lambda: _line(answers.readline()), "OK\n"))
        return answer

    @property
    def status(self) -> Mapping[str, str]:
        """What `status` says."""
        return dict(line.split(": ", 1) for line in self.ask("status").splitlines())

    @property
    def stands(self) -> tuple[str, str]:
        """What it does, and how loud: `("play", "80")`."""
        status = self.status
        return status["state"], status.get("volume", "none")

    async def until(self, is_so: Callable[[tuple[str, str]], bool]) -> None:
        """Wait until it stands so."""
        async with asyncio.timeout(LIMIT_S):
            while not is_so(self.stands):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.005)

    def play(self, percent: int | None = 80) -> None:
        """Play, as somebody else's client would have it."""
        loudness = () if percent is None else (f"setvol {percent}",)
        self.ask("clear", "add one.wav", "add two.wav", "play", *loudness)

    def freeze(self) -> None:
        """Stop the process where it is; connections stay open, unanswered."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it as systemd does; it remembers what it did."""
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(LIMIT_S)


def _line(line: str) -> str:
    if not line:
        raise EOFError
    assert not line.startswith("ACK"), line
    return line


@contextmanager
def mpd_server(
    folder: Path, mixer: str = "software", more: str = "", password: str = ""
) -> Iterator[MpdServer]:
    """Run an MPD in `folder`."""
    server = MpdServer(folder, mixer, more, password)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
def mpd(tmp_path: Path) -> Iterator[MpdServer]:
    """An MPD that knows two songs, one playlist, and has a volume."""
    with mpd_server(tmp_path / "mpd") as server:
        yield server
