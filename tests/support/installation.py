"""The life of an installation, told step by step on a machine of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import myna
from support.machine import ENVIRON, Looks, Machine

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
OFFLINE: Final = {
    "PIP_NO_INDEX": "1",
    "PIP_FIND_LINKS": "/mnt/wheels",
    "PIP_CONFIG_FILE": "/dev/null",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
LIVING: Final = ("/var/lib/myna/", "/var/log/", "/var/tmp/systemd-private-")  # noqa: S108
"""What changes while a service runs."""


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


def install(
    machine: Machine, checkout: str, *words: str, environ: Mapping[str, str] | None = None
) -> Step:
    """Run the install.sh of `checkout`, a folder of the machine."""
    done = machine.run(f"{checkout}/install.sh", *words, environ={**OFFLINE, **(environ or {})})
    return step(machine, done.returncode, done.stdout)


def install_at_a_terminal(
    machine: Machine, checkout: str, answer: str, environ: Mapping[str, str]
) -> Step:
    """Run install.sh where somebody sits, who types `answer` when asked for the key."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own words
        machine.entering(f"{checkout}/install.sh"),
        env={**ENVIRON, **OFFLINE, **environ},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = ""
    has_answered = False
    with suppress(OSError), os.fdopen(ours, "r+b", buffering=0) as terminal:
        while more := terminal.read(4096):
            said += more.decode()
            if "API key" in said and not has_answered:
                terminal.write(f"{answer}\n".encode())
                has_answered = True
    return step(machine, process.wait(), said)


def step(machine: Machine, code: int, said: str) -> Step:
    """Return how `machine` is now."""
    found, ages = machine.differences(), machine.ages()
    return Step(
        code=code,
        said=said,
        state=machine.property("ActiveState"),
        pid=machine.property("MainPID"),
        differences={place: found[place] for place in found if not place.startswith(LIVING)},
        ages={place: ages[place] for place in ages if not place.startswith(LIVING)},
        leftovers=frozenset(_leftovers(machine)),
    )


def _leftovers(machine: Machine) -> Iterator[str]:
    for path in (machine.root / "tmp").iterdir():
        if not path.name.startswith("systemd-private-"):
            yield path.name


def listening_commands(folder: Path, overheard: Path) -> Path:
    """Fill `folder` with stand-ins of all commands, and return it.

    Each writes its words and its environment into `overheard` and goes on as the command.
    """
    folder.mkdir()
    listener = folder / ".listener"
    listener.write_text(
        f"#!/bin/sh\nPATH={ENVIRON['PATH']}\n"
        f'{{ echo "$0 $*"; env; }} >>{overheard}\nexec "${{0##*/}}" "$@"\n'
    )
    listener.chmod(0o755)
    places = (Path("/usr/bin"), Path("/usr/sbin"))
    for command in {path.name for place in places for path in place.iterdir()} - {"bash", "sh"}:
        (folder / command).symlink_to(listener.name)
    return folder
