"""What a machine has otherwise than the system that it was made from."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from support.machine import Machine

LAYER: Final = "/run/layer"

Looks = tuple[object, ...]
"""What a file is, whenever it was made: its mode, its owners, and a hash of what is in it."""


def differences(machine: Machine) -> dict[str, Looks]:
    """Return all that looks otherwise there than it does here; what is gone looks empty."""
    found = {place: _looks_in_layer(path) for place, path in _changed(machine)}
    return {place: looks for place, looks in found.items() if looks != _looks(Path(place))}


def ages(machine: Machine) -> dict[str, int]:
    """Return when each file and folder was changed that may be otherwise there than here."""
    return {place: path.lstat().st_mtime_ns for place, path in _changed(machine)}


def _changed(machine: Machine) -> Iterator[tuple[str, Path]]:
    top = machine.path(LAYER)
    for path in sorted(top.rglob("*")):
        yield f"/{path.relative_to(top)}", path


def _looks_in_layer(path: Path) -> Looks:
    its = path.lstat()
    # An overlay's way to say that a file is gone.
    is_gone = stat.S_ISCHR(its.st_mode) and its.st_rdev == 0
    return () if is_gone else _looks(path)


def _looks(path: Path) -> Looks:
    if not os.path.lexists(path):
        return ()
    its = path.lstat()
    if path.is_symlink():
        return ("link", str(path.readlink()))
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return (oct(its.st_mode), its.st_uid, its.st_gid, content)
