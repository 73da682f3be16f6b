"""The locked packages as files, for machines without a network."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

REQUIREMENTS: Final = Path(__file__).parents[2] / "requirements"
LOCKS: Final = ("build", "run")


class NoWheelsError(Exception):
    """The packages cannot be had."""


def locked_wheels() -> Path:
    """Return a folder with all that build.lock and run.lock name, fetched once per lock.

    Raises:
        NoWheelsError: They are not there yet, and pip cannot fetch them.
    """
    locks = [REQUIREMENTS / f"{name}.lock" for name in LOCKS]
    made_from = b"".join(lock.read_bytes() for lock in locks) + sys.version.encode()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "myna-tests" / f"wheels-{hashlib.sha256(made_from).hexdigest()[:12]}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
            for lock in locks:
                _download(lock, Path(unfinished, "wheels"))
            Path(unfinished, "wheels").rename(folder)
    return folder


def _download(lock: Path, folder: Path) -> None:
    words = ["--quiet", "--no-deps", "--require-hashes", "--no-build-isolation"]
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "pip", "download", *words, f"--dest={folder}", f"-r{lock}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoWheelsError(f"pip cannot fetch {lock.name}: {done.stderr.strip().splitlines()[-1]}")
