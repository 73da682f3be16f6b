"""One call of the command: which chapters are measured, where they are kept, what is written."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from bench.performance import plots
from bench.performance.measure import Chapter
from bench.performance.page import FOLDER, page
from bench.performance.record import Machine, Result
from bench.performance.running import ChapterFailedError, measured

CHAPTERS: Final = (
    "idle",
    "session",
    "start",
    "wake",
    "playback",
    "turn",
    "echo",
    "engines",
    "growth",
    "soak",
)
HERE: Final = Path(__file__).parent
CHECKOUT: Final = HERE.parents[2]


def say(text: str, end: str = "\n") -> None:
    """Tell whoever waits how it goes."""
    sys.stderr.write(f"{text}{end}")
    sys.stderr.flush()


@dataclass
class Run:
    """One call of the command.

    Attributes:
        is_quick: Whether a glance is enough.
        machine: As it was before the run.
        failed: Chapters that could not be measured.
    """

    is_quick: bool
    machine: Machine
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kept.mkdir(parents=True, exist_ok=True)

    @property
    def kept(self) -> Path:
        """Where the chapters are kept."""
        return CHECKOUT / ".bench/quick" if self.is_quick else CHECKOUT / ".bench"

    @property
    def pages(self) -> Path:
        """Where the page is written."""
        return self.kept if self.is_quick else CHECKOUT / "docs"

    def measure(self, names: Sequence[str]) -> None:
        """Run chapters for the first time."""
        for name in names:
            path = self.kept / f"{name}.json"
            path.unlink(missing_ok=True)
            started_s = time.monotonic()
            if chapter := self._attempt(name):
                took_s = time.monotonic() - started_s
                today = datetime.now(UTC).date().isoformat()
                self._keep(Result(name, chapter, self.machine.commit, today, took_s))

    def repeat(self, names: Sequence[str]) -> None:
        """Run those chapters that went well a second time."""
        for result in self.results():
            if result.name in names and (chapter := self._attempt(result.name, " again")):
                self._keep(msgspec.structs.replace(result, again=chapter))

    def results(self) -> list[Result]:
        """Return all that is kept, in the order of the page."""
        paths = [self.kept / f"{name}.json" for name in CHAPTERS]
        return [
            msgspec.json.decode(path.read_bytes(), type=Result) for path in paths if path.exists()
        ]

    def publish(self) -> None:
        """Write the page and its plots."""
        results = self.results()
        folder = self.pages / FOLDER
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.svg"):
            old.unlink()
        drawn: dict[str, bytes] = {}
        for result in results if plots.can_draw() else ():
            drawn |= plots.draw(result.name, result.chapter)
        for name, svg in drawn.items():
            (folder / name).write_bytes(svg)
        changes = (HERE / "changes.md").read_text(encoding="utf-8")
        text = page(results, self.machine, drawn, changes, self.failed)
        path = self.pages / "performance.md"
        path.write_text(text, encoding="utf-8")
        say(f"written: {path.relative_to(CHECKOUT)}, {len(drawn)} plots")

    def _attempt(self, name: str, nth: str = "") -> Chapter | None:
        say(f"{name + nth:16}", end="")
        started_s = time.monotonic()
        try:
            chapter = measured(name, self.kept, *["--quick"] * self.is_quick)
        except ChapterFailedError as error:
            say(f"failed: {error}")
            self.failed.append(name + nth)
            return None
        say(f"{time.monotonic() - started_s:4.0f} s")
        return chapter

    def _keep(self, result: Result) -> None:
        content = msgspec.json.format(msgspec.json.encode(result), indent=1)
        (self.kept / f"{result.name}.json").write_bytes(content)
