"""The plots of the page: small, and the same each time."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from bench.performance import plots
from bench.performance.measure import Chapter, Curve
from support.chapters import IDLE

MOST_BYTES = 40_000
needs_matplotlib = pytest.mark.skipif(
    not plots.can_draw(), reason="matplotlib comes with ./install.sh --bench"
)


def words(svg: bytes) -> set[str]:
    tree = ET.fromstring(svg)  # noqa: S314 - our own
    return {text.text or "" for text in tree.iter("{http://www.w3.org/2000/svg}text")}


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=500), st.integers(2, 200))
def test_distribution_goes_from_the_smallest_to_the_largest(values: list[float], most: int) -> None:
    points = plots.distribution(values, most)
    assert len(points) == min(len(values), most)
    assert points == sorted(points)
    smallest, (largest, share) = points[0][0], points[-1]
    assert (smallest, largest, share) == (min(values), max(values), 100)


def test_distribution_tells_the_share_that_is_no_larger() -> None:
    assert plots.distribution([3.0, 1.0, 2.0, 4.0], 9) == [(1, 25), (2, 50), (3, 75), (4, 100)]


@pytest.mark.parametrize(
    ("lines", "wide"),
    [
        (((1.0, 2.0), (80.0, 90.0)), True),
        (((1.0, 2.0), (3.0, 4.0, 400.0)), False),
        (((0.0, 2.0), (800.0, 900.0)), False),
    ],
)
def test_axis_is_logarithmic_where_lines_lie_far_apart(
    lines: tuple[tuple[float, ...], ...], wide: bool
) -> None:
    assert plots.is_wide(lines) == wide


@needs_matplotlib
def test_every_plot_is_drawn() -> None:
    drawn = plots.draw("idle", IDLE)
    names = {"idle-distribution.svg", "idle-cpu-by-tools.svg", "idle-whose-delay.svg"}
    assert set(drawn) == names
    assert {IDLE.title, "ms", "at 0 ms", "at 50 ms"} <= words(drawn["idle-distribution.svg"])
    assert {"CPU, by tools", "tools", "ms", "1", "10"} <= words(drawn["idle-cpu-by-tools.svg"])
    assert {"Whose delay", "ours", "theirs", "median"} <= words(drawn["idle-whose-delay.svg"])


@needs_matplotlib
@pytest.mark.parametrize(("costs", "lowest"), [((54.0, 60.0), "0"), ((0.0, 0.0), "0.0")])
def test_cost_is_drawn_from_nothing_on(costs: tuple[float, float], lowest: str) -> None:
    curve = Curve("memory", "turns", "MiB", {"one": ((1.0, costs[0]), (2.0, costs[1]))})
    (svg,) = plots.draw("soak", Chapter("t", "s", "h", curves=(curve,))).values()
    assert lowest in words(svg)


@needs_matplotlib
def test_cost_below_nothing_is_drawn() -> None:
    curve = Curve("drift", "turns", "MiB", {"one": ((1.0, -4.0), (2.0, 4.0))})
    (svg,) = plots.draw("soak", Chapter("t", "s", "h", curves=(curve,))).values()
    assert {"\N{MINUS SIGN}4", "4"} <= words(svg)


@needs_matplotlib
def test_plots_are_the_same_each_time() -> None:
    assert plots.draw("idle", IDLE) == plots.draw("idle", IDLE)


@needs_matplotlib
def test_plots_stay_small_whatever_is_drawn() -> None:
    many = {f"line {line}": tuple(float(n**2 % 997) for n in range(5000)) for line in range(9)}
    points = tuple((float(n), float(n**2 % 997)) for n in range(1500))
    curve = Curve("cost", "load", "ms", {f"line {line}": points for line in range(4)})
    drawn = plots.draw("idle", structs.replace(IDLE, distributions=many, curves=(curve,)))
    assert {name: len(svg) for name, svg in drawn.items() if len(svg) > MOST_BYTES} == {}


@needs_matplotlib
def test_chapter_without_values_draws_nothing() -> None:
    assert plots.draw("bare", Chapter("t", "s", "h", distributions={"none": ()})) == {}
