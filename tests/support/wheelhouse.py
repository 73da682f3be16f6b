"""All that install.sh installs, in a folder, so that a machine without a network can."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

REQUIREMENTS: Final = Path(__file__).parents[2] / "requirements"
LOCKS: Final = ("build", "run")


class NoWheelsError(Exception):
    """They cannot be fetched here; the text says why."""


def wheelhouse() -> Path:
    """Return the folder; fetch what is in the locks into it the first time.

    It is kept in `$XDG_CACHE_HOME` (`~/.cache`), under a name with the locks' hash.

    Raises:
        NoWheelsError: The package index cannot be reached.
    """
    texts = [(REQUIREMENTS / f"{lock}.lock").read_bytes() for lock in LOCKS]
    name = hashlib.sha256(b"".join(texts) + sys.version.encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "myna-tests"
    folder = cache / f"wheels-{name}"
    if not folder.exists():
        new = cache / f"wheels-{name}.{os.getpid()}"
        new.mkdir(parents=True)
        try:
            for lock in LOCKS:
                _fetch(new, REQUIREMENTS / f"{lock}.lock")
            new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return folder


def _fetch(folder: Path, lock: Path) -> None:
    words = ("download", "--quiet", "--no-deps", "--require-hashes", "--no-build-isolation")
    done = subprocess.run(  # noqa: S603 - our own lock
        [sys.executable, "-m", "pip", *words, "--dest", str(folder), "-r", str(lock)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoWheelsError(f"pip cannot fetch the packages of {lock.name}: {done.stderr.strip()}")
