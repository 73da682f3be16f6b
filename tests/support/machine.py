"""A machine of its own in namespaces: this system's systemd as PID 1, over a layer in memory.

What a command changes in there is gone with the machine. See machine.sh.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess, Popen
from typing import Final, TypeVar

T = TypeVar("T")

CHECKOUT: Final = Path(__file__).parents[2]
SCRIPT: Final = Path(__file__).parent / "machine.sh"
LIMIT_S: Final = 60.0
POLL_S: Final = 0.05
PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TOOLS: Final = ("unshare", "findmnt", "nsenter", "systemctl", "systemd-analyze", "ip")


def why_not() -> str | None:
    """Return why no machine can be booted here, in a sentence; None if one can."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"{', '.join(missing)} is missing (apt install systemd util-linux iproute2)"
    if os.geteuid() != 0:
        return "booting a systemd mounts and changes into another root: run the tests as root"
    attempt = subprocess.run(  # noqa: S603 - every word stands here
        ["unshare", "--mount", "--pid", "--fork", "--cgroup", "--net", "sh", "-ec", _ATTEMPT],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    if attempt.returncode:
        return f"namespaces or overlays are not permitted here: {attempt.stderr.strip()}"
    return None


_ATTEMPT: Final = """
mount --make-rprivate / && mount -t tmpfs tmpfs /mnt && mkdir /mnt/u /mnt/w /mnt/r
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r
mount -t cgroup2 cgroup2 /mnt/r/sys
"""


class Machine:
    """One that is up.

    Args:
        process: What boots it.
        folder: Of this machine, seen in there at the same place.
    """

    def __init__(self, process: Popen[bytes], folder: Path) -> None:
        self._process = process
        self.folder = folder

    @property
    def root(self) -> Path:
        """Its root, as seen from outside."""
        return Path(f"/proc/{self._systemd}/root")

    def path(self, inside: str) -> Path:
        """Return where a file of it is found from outside."""
        return self.root / inside.lstrip("/")

    def run(
        self, *words: str, environ: Mapping[str, str] | None = None, limit_s: float = LIMIT_S
    ) -> CompletedProcess[str]:
        """Run a command in there as root, to its end; its exit code is nobody's business here."""
        return subprocess.run(  # noqa: S603 - into our own machine
            self.inside(*words, environ=environ),
            capture_output=True,
            text=True,
            check=False,
            timeout=limit_s,
        )

    def ask(self, *words: str, **environ: str) -> str:
        """Run a command that has to succeed, and return what it prints."""
        done = self.run(*words, environ=environ)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def show(self, unit: str, *properties: str) -> dict[str, str]:
        """Return properties of a unit."""
        words = [word for name in properties for word in ("-p", name)]
        lines = self.ask("systemctl", "show", unit, *words).splitlines()
        return dict(line.split("=", 1) for line in lines)

    def wait(self, look: Callable[[], T], *, limit_s: float = LIMIT_S) -> T:
        """Look again and again until that finds something; return it."""
        ends_s = time.monotonic() + limit_s
        while not (found := look()):
            assert time.monotonic() < ends_s, f"not within {limit_s:g} s"
            time.sleep(POLL_S)
        return found

    def inside(self, *words: str, environ: Mapping[str, str] | None = None) -> list[str]:
        """Return the words that run `words` in there as root."""
        given = [f"{name}={value}" for name, value in (environ or {}).items()]
        into = ("nsenter", "-t", str(self._systemd), "-m", "-u", "-i", "-n", "-p", "-C", "--")
        return [*into, "env", "-i", f"PATH={PATH}", "HOME=/root", "LANG=C.UTF-8", *given, *words]

    @property
    def _systemd(self) -> int:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return int(children.read_text().split()[0])


@contextmanager
def machine(*places: Path, setup: str | None = None) -> Iterator[Machine]:
    """Boot one.

    Args:
        places: Folders that are seen in there as they are, read-only.
        setup: A script that runs in there before it boots.
    """
    folder = Path(tempfile.mkdtemp(prefix="myna-machine-"))
    folder.chmod(0o755)
    if setup is not None:
        (folder / "setup.sh").write_text(setup)
    with (folder / "console").open("wb") as console:
        process = Popen(  # noqa: S603 - our own script
            [SCRIPT, folder, *places], stdin=subprocess.DEVNULL, stdout=console, stderr=console
        )
    booted = Machine(process, folder)
    try:
        booted.wait(lambda: _is_up(booted))
        yield booted
    except AssertionError as error:
        error.add_note((folder / "console").read_text(errors="replace"))
        raise
    finally:
        _switch_off(process)
        shutil.rmtree(folder, ignore_errors=True)


def _is_up(booted: Machine) -> bool:
    try:
        return booted.run("systemctl", "is-active", "machine.target").returncode == 0
    except (IndexError, FileNotFoundError):
        return False


def _switch_off(process: Popen[bytes]) -> None:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    ends = [os.pidfd_open(int(pid)) for pid in children.read_text().split()]
    process.kill()  # and its child with it (unshare --kill-child)
    process.wait()
    for end in ends:
        # All of a namespace's processes are gone when its PID 1 is (pid_namespaces(7)).
        select.select([end], [], [], LIMIT_S)
        os.close(end)
    _remove_control_groups(f"machine-{process.pid}")


def _remove_control_groups(branch: str) -> None:
    find = ("findmnt", "--raw", "--noheadings", "--output=TARGET", "--types=cgroup2")
    mounts = subprocess.run(find, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603
    for twig in sorted(Path(mounts[-1], branch).rglob("*/"), reverse=True):
        twig.rmdir()
    Path(mounts[-1], branch).rmdir()
