"""Every secret of this machine's speaker that can be known here, so that none is told.

The daemon's redaction knows the secrets that it has used; a report holds what others have
written too, so here everything counts that could be one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_IROTH
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from myna.config import Config
from myna.live.credentials import MAX_SECRET_BYTES
from myna.redaction import MASK, Redaction

FOLDER: Final = Path("/etc/myna")
PUBLIC_FILES: Final = frozenset({"ca_file", "certificate_file"})
_NAMED_SECRET: Final = re.compile(r"KEY|TOKEN|PASS|SECRET|CREDENTIAL", re.IGNORECASE)
_PLACES: Final = frozenset({"CREDENTIALS_DIRECTORY"})
_OPAQUE: Final = re.compile(r"(?=[\w\-+]*\d)[\w\-+]{16,}")
"""A long word with a digit in it, among the arguments of a program."""

_ASSIGNED: Final = re.compile(
    r"(\b\w*(?:KEY|TOKEN|PASSWORD|PASSWD|SECRET)\w*=|\bSetCredential\w*=)[\"']?[^\s\"']+",
    re.IGNORECASE,
)
_IN_ADDRESS: Final = re.compile(r"(?<=://)[^/\s@]+@")
"""How a unit or another program would have it: `API_KEY=...`, `http://name:password@host`."""


class Mask:
    """Masks every secret that the configuration, or this machine, has, and what looks like one.

    Args:
        config: Names files of secrets, and gives variables to programs.
        environ: Of this process.
        folder: Where the service has its secrets from, beside its configuration.
    """

    def __init__(self, config: Config, environ: Mapping[str, str], folder: Path = FOLDER) -> None:
        # One each: a redaction keeps only so many, and here none may be forgotten.
        secrets = sorted({*_secrets(config, environ, folder)}, key=len, reverse=True)
        self._redactions = [Redaction() for _ in secrets] or [Redaction()]
        for redaction, secret in zip(self._redactions, secrets, strict=False):
            redaction.hide(secret)

    def __call__(self, text: str) -> str:
        """Return `text` without any of them."""
        for redaction in self._redactions:
            text = redaction(text)
        text = _ASSIGNED.sub(lambda found: found[1] + MASK, text)
        return _IN_ADDRESS.sub(f"{MASK}@", text)


def _secrets(config: Config, environ: Mapping[str, str], folder: Path) -> Iterator[str]:
    for name, value in environ.items():
        if _NAMED_SECRET.search(name) and name not in _PLACES:
            yield value
    tree = msgspec.to_builtins(config, enc_hook=str)
    yield from _given_to_programs(tree)
    for path in (*_named_files(tree), *_files_in(folder, environ)):
        yield from _lines(path)


def _given_to_programs(tree: dict[str, Any]) -> Iterator[str]:
    """Yield what programs and servers are given: it is their business what is secret."""
    commands = [tree["live"]["key_command"] or ()]
    for server in tree["mcp"].values():
        yield from server["env"].values()
        yield from _in_url(server["url"] or "")
        commands.append(server["command"] or ())
    for command in commands:
        for word in command[1:]:
            yield from _OPAQUE.findall(word)


def _in_url(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    yield parts.password or ""
    yield from (value for _name, value in parse_qsl(parts.query))
    yield from _OPAQUE.findall(parts.path)


def _named_files(tree: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the files that keys like `live.key_file` name."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _named_files(value)
        elif key.endswith("_file") and value and key not in PUBLIC_FILES:
            yield Path(value)


def _files_in(folder: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the files that not everybody may read: those that may be secret."""
    handed = environ.get("CREDENTIALS_DIRECTORY")
    for place in (folder, *([Path(handed)] if handed else [])):
        if place.is_dir() and os.access(place, os.R_OK | os.X_OK):
            yield from (path for path in place.iterdir() if not path.stat().st_mode & S_IROTH)


def _lines(path: Path) -> Iterator[str]:
    """Yield what stands in a file that is small enough to be a secret."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SECRET_BYTES + 1)
    except OSError:
        return
    if len(content) <= MAX_SECRET_BYTES:
        yield from map(str.strip, content.decode("latin-1").splitlines())
