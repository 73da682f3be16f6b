"""A D-Bus daemon of the test's own, and players on it, each a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

LIMIT_S: Final = 10.0

PROGRAM: Final = Path(__file__).with_name("mpris_player.py")


class DBusServer:
    """A running `dbus-daemon --session`.

    Attributes:
        address: Where it listens.
    """

    def __init__(self) -> None:
        command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
        self.process = subprocess.Popen(  # noqa: S603 - Debian's own
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    @contextmanager
    def player(self, name: str, **traits: object) -> Iterator[PlayerProcess]:
        """Run a player of that name; see `mpris_player.Traits`."""
        process = PlayerProcess(self.address, name, traits)
        try:
            yield process
        finally:
            process.kill()

    def freeze(self) -> None:
        """Stop the bus where it is."""
        self.process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End it at once."""
        _end(self.process)


class PlayerProcess:
    """A player, and its own word on what it does: `mpris_player.py`."""

    def __init__(self, address: str, name: str, traits: Mapping[str, object]) -> None:
        self._command = [sys.executable, str(PROGRAM), address, name, json.dumps(traits)]
        self.start()

    def start(self) -> None:
        """Start it, and wait until it has its name."""
        self.process = subprocess.Popen(  # noqa: S603 - this very program
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )
        assert self._read() == "ready"

    def ask(self, **changes: object) -> dict[str, Any]:
        """Change what a hand can change, and return how it stands."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(changes) + "\n")
        self.process.stdin.flush()
        stands: dict[str, Any] = json.loads(self._read())
        return stands

    @property
    def stands(self) -> tuple[str, float]:
        """What it does, and how loud."""
        stands = self.ask()
        return stands["status"], round(100 * stands["volume"], 6)

    async def until(self, is_so: Callable[[tuple[str, float]], bool]) -> None:
        """Wait until it stands so."""
        async with asyncio.timeout(LIMIT_S):
            while not is_so(self.stands):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.005)

    def freeze(self) -> None:
        """Stop the process where it is."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once."""
        _end(self.process)

    def _read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


@contextmanager
def dbus_server() -> Iterator[DBusServer]:
    """Run a bus."""
    server = DBusServer()
    try:
        yield server
    finally:
        server.kill()
