"""The life of an installation, told step by step on a machine of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Final

import myna
from support.machine import PATH, Machine
from support.residue import Looks, ages, differences

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = (
    "install.sh",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "requirements",
    "systemd",
    "daemon",
    "hardware",
)
"""What install.sh installs from."""

KEY: Final = "AIzaCanaryOfTheInstaller"
LIMIT_S: Final = 300.0
LIVING: Final = ("/var/lib/myna/", "/var/log/", "/var/tmp/systemd-private-")  # noqa: S108
"""What changes while a service runs; the age of such a folder does, too."""


def copy_sources(folder: Path) -> Path:
    """Copy what install.sh installs from into `folder`, and return it."""
    folder.mkdir(parents=True)
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def released(folder: Path, version: str, more: str = "") -> Path:
    """Copy the sources as another version, in which `more` ends the command `myna run`."""
    copy = copy_sources(folder)
    package = copy / "daemon/myna/__init__.py"
    package.write_text(package.read_text().replace(myna.__version__, version))
    command = copy / "daemon/myna/cli/run.py"
    command.write_text(command.read_text() + more)
    return with_unit(copy, f"# of {version}")


def with_unit(copy: Path, more: str) -> Path:
    """Add a line to the section [Service] of a copy of the sources, and return the copy."""
    unit = copy / "systemd/myna.service"
    unit.write_text(unit.read_text().replace("[Service]\n", f"[Service]\n{more}\n"))
    return copy


@dataclass(frozen=True, slots=True)
class Step:
    """What a run of install.sh came to.

    Attributes:
        code: Its exit code.
        said: What it printed.
        state: What systemd says of the service afterwards: active, failed, ...
        pid: Its main process.
        differences: What is otherwise than before myna came.
        ages: When each of those files was changed.
        leftovers: What lies in /tmp.
    """

    code: int
    said: str
    state: str
    pid: str
    differences: Mapping[str, Looks]
    ages: Mapping[str, int]
    leftovers: frozenset[str]


class Installer:
    """Runs the install.sh of one checkout or another on a machine.

    Args:
        machine: Where.
        wheels: A folder that the machine sees, with the Python packages.
    """

    def __init__(self, machine: Machine, wheels: Path) -> None:
        self.machine = machine
        self._offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}

    def install(self, checkout: Path, *words: str) -> Step:
        """Run it with `words`, where nobody can be asked."""
        script = str(checkout / "install.sh")
        done = self.machine.run(script, *words, environ=self._offline, limit_s=LIMIT_S)
        return step(self.machine, done.returncode, done.stdout + done.stderr)

    def install_at_a_terminal(self, checkout: Path, answer: str, path: str) -> Step:
        """Run it where somebody sits, who types `answer` when asked for the key."""
        ours, theirs = os.openpty()
        environ = {**self._offline, "PATH": path}
        words = self.machine.inside(str(checkout / "install.sh"), environ=environ)
        process = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs)  # noqa: S603
        os.close(theirs)
        said = ""
        has_answered = False
        with suppress(OSError), os.fdopen(ours, "r+b", buffering=0) as terminal:
            while more := terminal.read(4096):
                said += more.decode()
                if "API key" in said and not has_answered:
                    terminal.write(f"{answer}\n".encode())
                    has_answered = True
        return step(self.machine, process.wait(), said)

    def interrupt(self, checkout: Path, *words: str, in_state: str) -> Step:
        """Run it, and press Ctrl-C when the service is `in_state`."""
        inside = self.machine.inside(str(checkout / "install.sh"), *words, environ=self._offline)
        process = subprocess.Popen(  # noqa: S603 - our own words
            inside, start_new_session=True, stdout=PIPE, stderr=STDOUT, text=True
        )
        unit = ("myna.service", "SubState")
        self.machine.wait(lambda: self.machine.show(*unit)["SubState"] == in_state)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=LIMIT_S)
        return step(self.machine, process.returncode, said)


def step(machine: Machine, code: int, said: str) -> Step:
    """Return how `machine` is now."""
    found, since = differences(machine), ages(machine)
    shown = machine.show("myna.service", "ActiveState", "MainPID")
    return Step(
        code=code,
        said=said,
        state=shown["ActiveState"],
        pid=shown["MainPID"],
        differences={place: found[place] for place in found if not place.startswith(LIVING)},
        ages={place: since[place] for place in since if not f"{place}/".startswith(LIVING)},
        leftovers=frozenset(_leftovers(machine)),
    )


def _leftovers(machine: Machine) -> Iterator[str]:
    for path in machine.path("/tmp").iterdir():  # noqa: S108
        if not path.name.startswith("systemd-private-"):
            yield path.name


def listening_commands(folder: Path, overheard: Path) -> Path:
    """Fill `folder` with stand-ins of all commands, and return it.

    Each writes its words and its environment into `overheard` and goes on as the command.
    """
    folder.mkdir()
    listener = folder / ".listener"
    listener.write_text(
        f'#!/bin/sh\nPATH={PATH}\n{{ echo "$0 $*"; env; }} >>{overheard}\nexec "${{0##*/}}" "$@"\n'
    )
    listener.chmod(0o755)
    places = (Path("/usr/bin"), Path("/usr/sbin"))
    for command in {path.name for place in places for path in place.iterdir()} - {"bash", "sh"}:
        (folder / command).symlink_to(listener.name)
    return folder
