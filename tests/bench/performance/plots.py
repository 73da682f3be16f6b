"""Draws distributions and curves as SVG: small, the same each time, readable on light and dark.

matplotlib lies in a folder of its own (`./install.sh --bench` fills it), which is on the path
only while something is drawn. Within reach of the chapters, the Pillow that comes with it would be
imported by google-genai: 10 ms and 3 MiB more for a peer that we compare ourselves with.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from bench.performance.measure import Chapter, Curve, Stack, Statistic, statistic
from bench.performance.page import distribution_file, plot_file
from bench.performance.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point: TypeAlias = tuple[float, float]

LIBRARIES: Final = Path(__file__).parents[3] / ".bench/plots"
"""What requirements/bench.lock pins."""
STYLE: Final = {
    "svg.fonttype": "none",  # letters, which whoever reads it has a font for
    "svg.hashsalt": "myna",  # names of elements that are the same each time
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "figure.facecolor": "white",  # GitHub's dark theme shows pictures as they are
    "lines.linewidth": 1.6,
}
SIZE_IN: Final = (7.5, 4.0)
MOST_POINTS: Final = 400
"""Of all lines of a plot; more than anyone sees, and 15 kB."""

_EXACT: Final = re.compile(rb"\b\d+\.\d{3,}")
KINDS: Final[dict[Statistic, str]] = {"median": "median", "p95": "95th percentile"}
MOST_MARKERS: Final = 30
"""Of a line; more would hide it."""
WIDE: Final = 50
"""How far medians lie apart, from which on an axis is logarithmic."""


def can_draw() -> bool:
    """Return whether matplotlib is within reach, and made for this Python."""
    with _libraries():
        try:
            import_module("matplotlib.ft2font")
        except ImportError:
            return False
    return True


def draw(name: str, chapter: Chapter) -> dict[str, bytes]:
    """Draw all the plots of a chapter.

    Args:
        name: Of its script, without the ending.
        chapter: What it measured.

    Returns:
        SVG by the names of the files.
    """
    drawn = {}
    if any(chapter.distributions.values()):
        with _figure() as (axes, svg):
            _draw_distributions(axes, chapter)
        drawn[distribution_file(name)] = _rounded(svg)
    for curve in chapter.curves:
        with _figure() as (axes, svg):
            _draw_curve(axes, curve)
        drawn[plot_file(name, curve)] = _rounded(svg)
    for stack in chapter.stacks:
        with _figure() as (axes, svg):
            _draw_stack(axes, stack)
        drawn[plot_file(name, stack)] = _rounded(svg)
    return drawn


def distribution(values: Sequence[float], most: int) -> list[Point]:
    """Return the empirical distribution: (value, share in % that is no larger).

    Of more than `most` values, that many, the smallest and the largest among them.
    """
    count = len(values)
    return thinned(
        [(value, 100 * rank / count) for rank, value in enumerate(sorted(values), 1)], most
    )


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """Return as many of the points, from the first to the last at even steps."""
    count, picked = len(points), min(len(points), most)
    return [points[round(index * (count - 1) / max(1, picked - 1))] for index in range(picked)]


def is_wide(lines: Collection[Sequence[float]]) -> bool:
    """Return whether lines lie so far apart that a logarithmic axis shows more of them."""
    medians = [statistics.median(values) for values in lines]
    return min(map(min, lines)) > 0 and max(medians) > WIDE * min(medians)


def _draw_distributions(axes: Axes, chapter: Chapter) -> None:
    lines = {name: values for name, values in chapter.distributions.items() if values}
    for name, values in lines.items():
        points = distribution(values, MOST_POINTS // len(lines))
        first = (points[0][0], 0.0)
        axes.plot(*zip(first, *points, strict=True), drawstyle="steps-post", label=name)
    if is_wide(lines.values()):
        _be_logarithmic(axes)
    axes.set(title=chapter.title, xlabel=chapter.unit, ylabel="% no larger", ylim=(0, 102))


def _draw_curve(axes: Axes, curve: Curve) -> None:
    lines = {name: points for name, points in curve.points.items() if points}
    for name, points in lines.items():
        drawn = thinned(sorted(points), MOST_POINTS // len(lines))
        marker = "o" if len(drawn) < MOST_MARKERS else ""
        axes.plot(*zip(*drawn, strict=True), marker=marker, markersize=3.5, label=name)
    if curve.is_log:
        _be_logarithmic(axes)
    axes.set(title=curve.what, xlabel=curve.load, ylabel=curve.cost)
    costs = [cost for points in lines.values() for _, cost in points]
    if costs and min(costs) >= 0:  # what looks steep shall be steep
        axes.set_ylim(0, 1.05 * max(costs) or 1)


def _draw_stack(axes: Axes, stack: Stack) -> None:
    rows = [(bar, kind) for bar in stack.bars for kind in KINDS]
    names = [f"{bar}\n{said}" for bar in stack.bars for said in KINDS.values()]
    ends = [0.0] * len(rows)
    for part in next(iter(stack.bars.values())):
        widths = [statistic(stack.bars[bar][part], kind) for bar, kind in rows]
        axes.barh(names, widths, left=ends, label=part)
        ends = [end + width for end, width in zip(ends, widths, strict=True)]
    axes.invert_yaxis()
    axes.set(title=stack.what, xlabel=f"{stack.unit}, of each part by itself")


def _be_logarithmic(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: number(value))
    axes.xaxis.minorticks_off()


@contextmanager
def _figure() -> Iterator[tuple[Axes, BytesIO]]:
    """Yield axes to draw on, and what holds the SVG afterwards."""
    with _libraries():
        import matplotlib as mpl
        from matplotlib.figure import Figure

        with mpl.rc_context(STYLE):
            figure = Figure(figsize=SIZE_IN, layout="constrained")
            axes, svg = figure.add_subplot(), BytesIO()
            yield axes, svg
            if len(axes.get_legend_handles_labels()[0]) > 1:
                figure.legend(loc="outside lower center", ncols=2)
            figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})


def _rounded(svg: BytesIO) -> bytes:
    """Return a drawing that is not exact to the millionth of a point: half the size."""
    return _EXACT.sub(lambda match: b"%.2f" % float(match[0]), svg.getvalue())


@contextmanager
def _libraries() -> Iterator[None]:
    os.environ.setdefault("MPLCONFIGDIR", str(LIBRARIES / "fonts"))  # not somebody's home
    sys.path.insert(0, str(LIBRARIES))
    try:
        yield
    finally:
        sys.path.remove(str(LIBRARIES))
