"""A key that must not be found, and where to search a running daemon for it."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from myna.control.client import ask
from myna.control.messages import Status
from support.cli import Daemon, Home

PIECE = 12
"""A cut one is a leak as well: this many letters of it in a row are too many."""


def traces_of(secret: str) -> frozenset[str]:
    """Return what must stand nowhere: pieces of `secret`, of its URL and base64 forms."""
    return frozenset(
        form[start : start + PIECE]
        for form in _forms(secret)
        for start in range(len(form) - PIECE + 1)
    )


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    for offset in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            # Without the letters that it shares with what stands around it.
            yield encode(b"-" * offset + secret.encode()).decode()[2:-4]


def found_in(evidence: Mapping[str, str], secret: str) -> dict[str, str]:
    """Return the places where `secret` was found, each with a piece of it."""
    traces = traces_of(secret)
    return {
        place: piece
        for place, text in evidence.items()
        for piece in [next((trace for trace in traces if trace in text), None)]
        if piece is not None
    }


async def shown_by(on: Daemon, socket: Path, *words: str) -> dict[str, str]:
    """Collect what a running daemon shows to whoever asks."""
    status = await asyncio.to_thread(ask, socket, Status())
    config = await on.home.myna("config", "show", *words)
    assert config.code == 0, config.err
    process = Path(f"/proc/{on.process.pid}")
    return {
        "status": json.dumps(status, ensure_ascii=False),
        "config show": config.out + config.err,
        "environ": _text(process / "environ"),
        "cmdline": _text(process / "cmdline"),
    }


def left_by(on: Daemon, home: Home) -> dict[str, str]:
    """Collect what a daemon that has ended leaves behind."""
    files = (path for path in home.folder.rglob("*") if path.is_file())
    return {
        "trace": on.out,
        "journal": on.err,
        "files": "\n".join(f"{path}\n{_text(path)}" for path in files),
    }


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("latin-1")
    except PermissionError:
        return ""  # the process shows it to nobody but root
