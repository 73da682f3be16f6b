"""PURE: turns what was measured into docs/performance.md."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from bench.performance import wording
from bench.performance.judging import Difference, Verdict, differences, ratio, verdict, verdicts
from bench.performance.measure import Chapter, Compared, Curve, Measured, Stack
from bench.performance.record import Machine, Result

FOLDER: Final = "performance"
"""Where the plots are, beside the page."""
INTRODUCTION: Final = """\
What is compared is measured in pairs, one round of each after the other, so that whatever the
machine does meanwhile meets both. A figure is the median of its rounds; beside it stands what they
lie between: the smallest and the largest, from 20 rounds on the 5th and the 95th percentile. Ratios
to a peer on the same machine say more than times: those are of this machine.
"""
SERVER: Final = """\
It is the [built-in one](simulator.md): the time that a model needs is not in these figures, and
nothing went over the internet."""


def page(
    results: Sequence[Result],
    machine: Machine,
    pictures: Collection[str],
    changes: str = "",
    failed: Sequence[str] = (),
) -> str:
    """Return the page.

    Args:
        results: In the order of their chapters.
        machine: Where they come from.
        pictures: The plots that were drawn, by the names of their files.
        changes: What each change bought, in Markdown.
        failed: Chapters that could not be measured.
    """
    lines = [*_top(results, machine, failed), *_goals(results)]
    for result in results:
        lines += _chapter(result, machine, pictures)
    lines += _runs(results)
    if changes.strip():
        lines += ["## What each change bought", "", changes.strip(), ""]
    return "\n".join(lines)


def distribution_file(name: str) -> str:
    """Return the file of the plot of the distributions of the chapter `name`."""
    return f"{name}-distribution.svg"


def plot_file(name: str, plot: Curve | Stack) -> str:
    """Return the file of another plot of the chapter `name`."""
    return f"{name}-{wording.slug(plot.what)}.svg"


def _top(results: Sequence[Result], machine: Machine, failed: Sequence[str]) -> Iterator[str]:
    dates = sorted({result.date for result in results})
    minutes = sum(result.took_s for result in results) / 60
    yield from ("# How fast, how small, how long", "")
    yield "<!-- made by ./install.sh --bench; what each change bought is written by hand -->"
    yield ""
    yield f"myna {machine.myna} (commit {machine.commit}), measured with `./install.sh --bench`"
    yield f"on {' and '.join(dates) or 'no day'} in {minutes:.0f} minutes."
    yield INTRODUCTION
    yield f"**{_what_it_is(machine)}, and the server is no server of Google's.** {SERVER}"
    yield ""
    yield from wording.table(("the machine", ""), list(_machine(machine)))
    if failed:
        yield from (f"Not measured, because the script failed: {', '.join(failed)}.", "")


def _what_it_is(machine: Machine) -> str:
    return f"This is a {machine.board}" if machine.is_pi else "This is no Raspberry Pi"


def _machine(machine: Machine) -> Iterator[tuple[str, str]]:
    if machine.board:
        yield ("board", machine.board)
    yield ("processor", f"{machine.cores} cores, {machine.processor}, governor {machine.governor}")
    yield ("memory", f"{machine.memory_mib:,} MiB")
    yield ("system", f"{machine.distribution}, {machine.kernel}")
    yield ("load before the run", f"{machine.load:.2f}")
    yield ("Python", machine.python)
    yield ("libraries", ", ".join(f"{name} {is_}" for name, is_ in machine.versions.items()))


def _goals(results: Sequence[Result]) -> Iterator[str]:
    rows = [
        (_link(result.chapter) if nth == 1 else "", *_goal(each))
        for result in results
        for nth, each in enumerate(verdicts(result.chapter), 1)
    ]
    met = sum(each.is_met for result in results for each in verdicts(result.chapter))
    yield from ("## Goals", "")
    yield from (f"{met} of {len(rows)} are met.", "")
    yield from wording.table(("chapter", "goal", "", "measured", "", "distance"), rows)


def _link(chapter: Chapter) -> str:
    return f"[{chapter.title}](#{wording.anchor(chapter.title)})"


def _goal(each: Verdict) -> tuple[str, ...]:
    outcome, distance = wording.outcome(each), wording.distance(each)
    return each.what, wording.limit(each), wording.judged(each), outcome, distance


def _chapter(result: Result, machine: Machine, pictures: Collection[str]) -> Iterator[str]:
    chapter = result.chapter
    yield from (f"## {chapter.title}", "", chapter.how.strip(), "")
    peers = [_compared(each) for each in chapter.compared]
    heads = ("figure", "unit", "myna", "beside it", "", "ratio", "rounds", "goal")
    yield from wording.table(heads, peers)
    ours = [_measured(each) for each in chapter.measured]
    yield from wording.table(("figure", "unit", "median", "spread", "rounds", "goal"), ours)
    for file, caption in _pictures(result.name, chapter):
        if file in pictures:
            yield from (f"![{caption}]({FOLDER}/{file})", "")
    for remark in chapter.remarks:
        yield from (remark.strip(), "")
    yield from (f"Made by {_script(result)}{_age(result, machine)}.", "")


def _compared(each: Compared) -> tuple[str, ...]:
    ratios = [a / b for a, b in zip(each.ours, each.theirs, strict=True) if b]
    own = f"{wording.median(each.ours)} ({wording.spread_of(each.ours)})"
    their = f"{wording.median(each.theirs)} ({wording.spread_of(each.theirs)})"
    to = f"**{wording.quantity(ratio(each), '')}** ({wording.spread_of(ratios)})"
    rounds = f"{len(each.ours):,}"
    return each.what, each.unit, own, their, each.peer, to, rounds, _verdict(each)


def _measured(each: Measured) -> tuple[str, ...]:
    values = each.values
    figures = wording.median(values), wording.spread_of(values), f"{len(values):,}"
    return each.what, each.unit, *figures, _verdict(each)


def _verdict(figure: Compared | Measured) -> str:
    is_ = verdict(figure)
    if is_ is None:
        return ""
    if is_.kind in ("ratio", "median"):
        return f"{wording.limit(is_)}: {wording.outcome(is_)}"
    return f"{wording.limit(is_)}: {wording.judged(is_)}, {wording.outcome(is_)}"


def _pictures(name: str, chapter: Chapter) -> Iterator[tuple[str, str]]:
    if chapter.distributions:
        names = ", ".join(chapter.distributions)
        yield distribution_file(name), f"How the values are distributed: {names}"
    for curve in chapter.curves:
        yield plot_file(name, curve), f"{curve.what}: {curve.cost} against {curve.load}"
    for stack in chapter.stacks:
        yield plot_file(name, stack), f"{stack.what}, part by part: {', '.join(stack.bars)}"


def _script(result: Result) -> str:
    return f"[`{result.chapter.script}`](../tests/bench/performance/{result.name}.py)"


def _age(result: Result, machine: Machine) -> str:
    same = result.commit == machine.commit
    return "" if same else f", on {result.date} of commit {result.commit}"


def _runs(results: Sequence[Result]) -> Iterator[str]:
    found = [
        (_link(result.chapter), each)
        for result in results
        if result.again is not None
        for each in differences(result.chapter, result.again)
    ]
    if not found:
        return
    agree = sum(each.is_small for _, each in found)
    yield from ("## Run twice", "")
    yield "The same command a second time, at once: how far the ratios of the two runs differ."
    yield from (f"{agree} of {len(found)} agree within 15 %.", "")
    rows = [(link, *_difference(each)) for link, each in found]
    yield from wording.table(("chapter", "ratio", "first run", "second run", "differ by"), rows)


def _difference(each: Difference) -> tuple[str, ...]:
    first, second = (wording.quantity(to, "") for to in (each.first, each.second))
    return each.what, first, second, wording.difference(each)
