"""PURE: figures as a table says them."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from math import inf, isinf, isnan
from typing import Final

from bench.performance.judging import Difference, Kind, Verdict, spread

NOTHING: Final = "-"
_KINDS: Final[dict[Kind, str]] = {
    "ratio": "ratio",
    "median": "median",
    "p95": "95th percentile",
    "max": "largest",
    "min": "smallest",
}


def number(value: float) -> str:
    """Return three significant digits, and no exponent where there need be none."""
    if isnan(value):
        return NOTHING
    return f"{value:,.0f}" if 99.95 <= abs(value) < inf else f"{value:.3g}"


def quantity(value: float, unit: str) -> str:
    """Return a number with its unit; none behind a ratio but the sign that it is one."""
    if isnan(value):
        return NOTHING
    return f"{number(value)} {unit}".rstrip() if unit else f"{number(value)}x"


def median(values: Sequence[float]) -> str:
    """Return the median of the values, without their unit."""
    return number(statistics.median(values)) if values else NOTHING


def spread_of(values: Sequence[float]) -> str:
    """Return what the values lie between."""
    if not values:
        return NOTHING
    low, high = spread(values)
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def limit(verdict: Verdict) -> str:
    """Return the goal in words."""
    bound = "at least" if verdict.kind == "min" else "at most"
    return f"{bound} {quantity(verdict.goal, verdict.unit)}"


def judged(verdict: Verdict) -> str:
    """Return what is held against the goal."""
    value = quantity(verdict.value, verdict.unit)
    return value if verdict.kind in ("ratio", "median") else f"{_KINDS[verdict.kind]} {value}"


def outcome(verdict: Verdict) -> str:
    """Return whether the goal is met."""
    return "met" if verdict.is_met else "**missed**"


def distance(verdict: Verdict) -> str:
    """Return how far from the goal."""
    if isnan(verdict.value):
        return "not measured"
    word = "to spare" if verdict.is_met else "off"
    if isinf(verdict.spare):  # nothing is a share of a goal of 0
        return f"{quantity(abs(verdict.value), verdict.unit)} {word}"
    return f"{abs(verdict.spare):.0%} {word}".replace("%", " %")


def difference(each: Difference) -> str:
    """Return by how much two runs differ."""
    if isnan(each.share):
        return "**not comparable**"
    text = f"{each.share:.1%}".replace("%", " %")
    return text if each.is_small else f"**{text}**"


def anchor(title: str) -> str:
    """Return the anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def slug(text: str) -> str:
    """Return a name for a file."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def row(*cells: str) -> str:
    """Return a row of a table."""
    plain = (" ".join(cell.split()).replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(plain)} |"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table, or nothing where there are no rows."""
    if not rows:
        return []
    return [row(*heads), row(*["---"] * len(heads)), *(row(*cells) for cells in rows), ""]
