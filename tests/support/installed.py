"""The speaker as install.sh installs it, on a machine of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from myna_hardware.units import Frames, silence
from support.cli import write_wav
from support.machine import CHECKOUT, Machine, machine
from support.wheelhouse import wheelhouse

UNIT: Final = "myna.service"
DROPINS: Final = f"/run/systemd/system/{UNIT}.d"
INSTALL_S: Final = 300.0

CONFIG: Final = """\
[live]
endpoint = "ws://127.0.0.1:9"
[microphone]
driver = "file"
path = "said.wav"
[speaker]
driver = "file"
path = "/tmp/heard.wav"
[lights]
driver = "simulated"
pin = 17
"""
"""No card, no pin, no network: what there is in such a machine."""


class Installed:
    """The service on its machine."""

    def __init__(self, on: Machine, wheels: Path) -> None:
        self.machine = on
        self._wheels = wheels

    def install(self, *words: str) -> str:
        """Run the real install.sh; return what it said."""
        environ = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self._wheels)}
        script = str(CHECKOUT / "install.sh")
        done = self.machine.run(script, "--yes", *words, environ=environ, limit_s=INSTALL_S)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def configure(self, text: str = CONFIG) -> None:
        """Write the configuration."""
        self.write("/etc/myna/myna.toml", text)

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Write a file of root's."""
        place = self.machine.path(path)
        place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(mode)

    def bring(self, tools: Path) -> None:
        """Put a file of tools into the tools' folder."""
        place = self.machine.path("/etc/myna/tools")
        place.mkdir(mode=0o755, parents=True, exist_ok=True)
        shutil.copy(tools, place)

    def override(self, lines: str) -> None:
        """Change the unit until the next boot, or `clear`."""
        self.write(f"{DROPINS}/test.conf", f"[Service]\n{lines}\n")
        self.machine.ask("systemctl", "daemon-reload")

    def clear(self) -> None:
        """Take that back."""
        shutil.rmtree(self.machine.path(DROPINS), ignore_errors=True)
        self.machine.ask("systemctl", "daemon-reload")

    def systemctl(self, verb: str) -> str:
        """Have something done to the service that has to succeed."""
        return self.machine.ask("systemctl", verb, UNIT)

    def show(self, name: str) -> str:
        """Return a property of the service."""
        return self.machine.show(UNIT, name)[name]

    def myna(self, *words: str) -> str:
        """Run a `myna` command that has to succeed."""
        return self.machine.ask("myna", *words)

    def status(self) -> dict[str, Any]:
        """Return what `myna status` tells."""
        told: dict[str, Any] = json.loads(self.myna("status", "--json"))
        return told

    def journal(self, *words: str) -> str:
        """Return what the service has written to the journal."""
        return self.machine.ask("journalctl", "-u", UNIT, "--no-pager", "-o", "cat", *words)

    def restarted(self, before: str, limit_s: float) -> str:
        """Wait until there is another main process than `before`, and it is ready."""

        def another() -> bool:
            shown = self.machine.show(UNIT, "MainPID", "ActiveState")
            return shown["MainPID"] not in {"0", before} and shown["ActiveState"] == "active"

        self.machine.wait(another, limit_s=limit_s)
        return self.show("MainPID")

    def wait_status(self, part: str, limit_s: float = 20.0) -> str:
        """Wait until systemd's line of status holds `part`; return it."""
        self.machine.wait(lambda: part in self.show("StatusText"), limit_s=limit_s)
        return self.show("StatusText")

    def wait(self, look: Callable[[], bool], limit_s: float = 20.0) -> None:
        """Wait until `look` finds it so."""
        self.machine.wait(look, limit_s=limit_s)


@contextmanager
def installed(
    *words: str, key: str | None = None, tools: Path | None = None
) -> Iterator[Installed]:
    """Boot a machine and install the speaker there, with what can be had in such a machine.

    Args:
        words: Of install.sh.
        key: The API key, if there is to be one.
        tools: A file of tools of the owner's.

    Raises:
        NoWheelsError: There is no package index.
    """
    wheels = wheelhouse()
    with machine(CHECKOUT, wheels) as on:
        service = Installed(on, wheels)
        service.configure()
        write_wav(on.path("/etc/myna/said.wav"), silence(Frames(16_000)))
        if key is not None:
            service.write("/etc/myna/api-key", key, 0o600)
        if tools is not None:
            service.bring(tools)
        service.install(*words)
        yield service
