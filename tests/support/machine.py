"""A machine to break: this one's systemd and files, in namespaces of its own (machine.sh)."""

from __future__ import annotations

import hashlib
import os
import select
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SCRIPT: Final = Path(__file__).with_name("machine.sh")
NEEDED: Final = ("unshare", "nsenter", "findmnt", "ip", "systemctl", "journalctl")
BOOTS_WITHIN_S: Final = 60.0
ENDS_WITHIN_S: Final = 20.0
ENVIRON: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}

Looks = tuple[object, ...]
"""What a file is, whenever it was made: its mode, its owners, and a hash of what is in it."""


def why_not(folder: Path) -> str:
    """Return why no machine can be had here, of which one tries to be made in `folder`."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        return f"there is no {', no '.join(missing)} (packages util-linux, iproute2, systemd)"
    if os.geteuid():
        return "a systemd of its own needs root: sudo ./install.sh --test"
    attempt = _start("--check", str(folder))
    said = attempt.communicate()[1].strip().splitlines()
    _fell(attempt.pid)
    return f"namespaces are not permitted here: {said[-1]}" if attempt.returncode else ""


@contextmanager
def machine(folder: Path, shown: Mapping[Path, str]) -> Iterator[Machine]:
    """Boot a machine; switch it off at the end.

    Args:
        folder: Where it is, an empty one.
        shown: Folders of here, and where they are seen there (read-only).
    """
    booted = folder / "booted"
    os.mkfifo(booted)
    pipe = os.open(booted, os.O_RDWR)
    process = _start(str(folder), *(f"{source}={place}" for source, place in shown.items()))
    running = os.pidfd_open(process.pid)
    try:
        ready, _, _ = select.select([pipe, running], [], [], BOOTS_WITHIN_S)
        if ready != [pipe]:
            process.kill()
            raise AssertionError(f"it has not booted: {process.communicate()[1]}")
        yield Machine(_child(process.pid))
    finally:
        _switch_off(process)
        os.close(running)
        os.close(pipe)


class Machine:
    """One that has booted.

    Args:
        init: The process here that is PID 1 there.
    """

    def __init__(self, init: int) -> None:
        self.init = init
        self.root = Path(f"/proc/{init}/root")

    def run(
        self, *words: str, environ: Mapping[str, str] | None = None, timeout_s: float = 180
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there, as root; standard error comes with standard output."""
        return subprocess.run(  # noqa: S603 - tests' own words
            self.entering(*words),
            env={**ENVIRON, **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=timeout_s,
        )

    def entering(self, *words: str) -> list[str]:
        """Return the words that run `words` there."""
        return ["nsenter", f"--target={self.init}", "--all", "--root", "--wd", "--", *words]

    def property(self, name: str) -> str:
        """Return what systemd there says of myna.service."""
        return self.run("systemctl", "show", f"--property={name}", "--value", "myna").stdout.strip()

    def differences(self) -> dict[str, Looks]:
        """Return what is otherwise there than it is here, a folder's age aside."""
        found = {str(place): self._looks(path) for place, path in self._changed()}
        return {place: looks for place, looks in found.items() if looks != _looks(Path(place))}

    def ages(self) -> dict[str, int]:
        """Return when each file and folder that is not of here was changed last."""
        return {str(place): path.lstat().st_mtime_ns for place, path in self._changed()}

    def _changed(self) -> Iterator[tuple[Path, Path]]:
        top = self.root / "run/differences"
        for path in sorted(top.rglob("*")):
            yield "/" / path.relative_to(top), path

    def _looks(self, path: Path) -> Looks:
        is_taken_away = stat.S_ISCHR(path.lstat().st_mode) and path.lstat().st_rdev == 0
        return () if is_taken_away else _looks(path)


def _looks(path: Path) -> Looks:
    if not os.path.lexists(path):
        return ()
    its = path.lstat()
    if path.is_symlink():
        return ("link", str(path.readlink()))
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    return (oct(its.st_mode), its.st_uid, its.st_gid, content)


def _start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own words
        [str(SCRIPT), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _switch_off(process: subprocess.Popen[str]) -> None:
    child = _child(process.pid)
    last = os.pidfd_open(child) if child else None
    process.kill()
    process.communicate()
    if last is not None:
        # Its processes are gone when their PID 1 is (pid_namespaces(7)).
        select.select([last], [], [], ENDS_WITHIN_S)
        os.close(last)
    _fell(process.pid)


def _child(pid: int) -> int:
    words = Path(f"/proc/{pid}/task/{pid}/children")
    return int((words.read_text().split() or ["0"])[0]) if words.exists() else 0


def _fell(pid: int) -> None:
    """Take the branch of control groups away that machine.sh has made."""
    find = ["findmnt", "--raw", "--noheadings", "--output=TARGET", "--types=cgroup2"]
    mounts = subprocess.run(  # noqa: S603 - our own words
        find, capture_output=True, text=True, check=False
    )
    if not mounts.stdout:
        return
    branch = Path(mounts.stdout.split()[-1], f"machine-{pid}")
    for twig in sorted(branch.rglob("*/"), reverse=True):
        twig.rmdir()
    if branch.exists():
        branch.rmdir()
