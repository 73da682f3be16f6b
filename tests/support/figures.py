"""Figures against their limits, printed as a small table."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True, slots=True)
class Figure:
    """One row.

    Attributes:
        name: What was measured.
        value: How much it was; nan misses every limit.
        unit: Behind the value.
        at_least: The smallest good value.
        at_most: The largest.
    """

    name: str
    value: float
    unit: str = ""
    at_least: float = -inf
    at_most: float = inf

    @property
    def is_met(self) -> bool:
        """Whether the value lies within its limits."""
        return self.at_least <= self.value <= self.at_most

    def __str__(self) -> str:
        limit = ""
        if self.at_least > -inf:
            limit = f">= {self.at_least:g}"
        if self.at_most < inf:
            limit = f"<= {self.at_most:g}"
        verdict = "" if not limit else "ok" if self.is_met else "MISSED"
        return f"{self.name:52} {self.value:10.2f} {self.unit:5} {limit:10} {verdict}".rstrip()


@dataclass(slots=True)
class Table:
    """Rows, printed as they come."""

    rows: list[Figure] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        """Add a row, and print it."""
        self.rows.append(figure)
        sys.stdout.write(f"{figure}\n")
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Print a line between the rows."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    @property
    def exit_code(self) -> int:
        """1 when a limit was missed."""
        return 0 if all(row.is_met for row in self.rows) else 1
