"""What a run leaves behind, and what the page is made from."""

from __future__ import annotations

from msgspec import Struct

from bench.performance.measure import Chapter


class Machine(Struct, frozen=True):
    """Where and of what something was measured; nothing that tells whose machine it is.

    Attributes:
        board: What a single-board computer calls itself: "Raspberry Pi 5 Model B Rev 1.0".
        processor: Its model.
        cores: That this process may use.
        memory_mib: All of it.
        kernel: System and release.
        distribution: By its full name.
        python: Its version.
        governor: How the clock of the first core is chosen; "unknown" in most virtual machines.
        load: Processes that ran or waited, as a mean over the last minute before the run.
        versions: Of the libraries that matter, by name.
        myna: Its version.
        commit: What was measured; "+" behind it where files differed from it.
    """

    board: str
    processor: str
    cores: int
    memory_mib: int
    kernel: str
    distribution: str
    python: str
    governor: str
    load: float
    versions: dict[str, str]
    myna: str
    commit: str

    @property
    def is_busy(self) -> bool:
        """Whether others use so much of it that they disturb."""
        return self.load > self.cores / 4

    @property
    def is_pi(self) -> bool:
        """Whether it is a Raspberry Pi."""
        return "Raspberry Pi" in self.board


class Result(Struct, frozen=True):
    """What became of a chapter.

    Attributes:
        name: Of its script, without the ending.
        chapter: What it measured.
        commit: Of which commit.
        date: On which day, as ISO 8601 has it.
        took_s: How long it took.
        again: What it measured the second time, where everything was run twice.
    """

    name: str
    chapter: Chapter
    commit: str
    date: str
    took_s: float
    again: Chapter | None = None
