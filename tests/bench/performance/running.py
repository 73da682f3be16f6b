"""Runs a chapter in a process of its own, and ends whatever it leaves running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from bench.performance.measure import Chapter

LIMIT_S: Final = 1800.0
"""No chapter is meant to take four minutes."""
TAIL: Final = 15
"""How many of its last lines a failed chapter is shown by."""


class ChapterFailedError(Exception):
    """A chapter that could not be measured.

    Attributes:
        why: In a line.
        tail: Its last lines.
    """

    def __init__(self, why: str, tail: str) -> None:
        super().__init__(why, tail)
        self.why = why
        self.tail = tail

    def __str__(self) -> str:
        return "\n".join([self.why, *(f"    {line}" for line in self.tail.splitlines())])


def measured(name: str, folder: Path, *words: str, limit_s: float = LIMIT_S) -> Chapter:
    """Run the chapter `name`, and return what it has measured.

    Args:
        name: Of its script, without the ending.
        folder: Where NAME.log keeps what it said.
        words: For its command line.
        limit_s: How long it may take.

    Raises:
        ChapterFailedError: It did not end well, or in time, or wrote no chapter.
    """
    output, log = folder / f"{name}.output", folder / f"{name}.log"
    output.unlink(missing_ok=True)
    python = (sys.executable, "-u")
    command = [*python, "-m", f"bench.performance.{name}", "--output", str(output), *words]
    why = _run(command, log, limit_s)
    try:
        return msgspec.json.decode(output.read_bytes() if not why else b"", type=Chapter)
    except (OSError, msgspec.DecodeError) as error:
        raise ChapterFailedError(why or f"it wrote no chapter: {error}", _tail(log)) from error
    finally:
        output.unlink(missing_ok=True)


def _run(command: list[str], log: Path, limit_s: float) -> str:
    """Run a command to its end; return what went wrong, or nothing."""
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - a module of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return f"it was not done after {limit_s:.0f} s"
        finally:
            _end(process)
    return f"it ended with code {code}" if code else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it has started: its session is its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:])
