"""The page of the benchmarks, from figures that are known."""

from __future__ import annotations

import re

from msgspec import structs

from bench.performance.measure import Chapter, Compared
from bench.performance.page import page
from support.chapters import IDLE, MACHINE, result

BARE = Chapter("Bare", "python -m bench.performance.bare", "Nothing is.")
PICTURES = ("idle-distribution.svg", "idle-cpu-by-tools.svg")


def section(text: str, title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def test_page_says_what_it_is_not() -> None:
    text = page([result()], MACHINE, ())
    assert "This is no Raspberry Pi" in text
    assert "the server is no server of Google's" in text


def test_page_of_a_pi_says_which() -> None:
    pi = structs.replace(MACHINE, board="Raspberry Pi 5 Model B Rev 1.0")
    text = page([result()], pi, ())
    assert "This is a Raspberry Pi 5 Model B Rev 1.0" in text
    assert "| board | Raspberry Pi 5 Model B Rev 1.0 |" in text


def test_page_describes_the_machine() -> None:
    text = page([result()], MACHINE, ())
    assert "myna 0.1.0 (commit abc)" in text
    assert "on 2026-11-26 in 2 minutes" in text
    for words in ("2 cores, Some Processor", "2,048 MiB", "| 0.25 |", "websockets 17.4"):
        assert words in text
    assert "| board |" not in text


def test_goals_stand_first_with_their_distance() -> None:
    text = page([result(), result("bare", BARE)], MACHINE, ())
    assert text.index("## Goals") < text.index(f"## {IDLE.title}") < text.index("## Bare")
    goals = section(text, "Goals")
    assert goals.startswith("\n2 of 4 are met.\n")
    link = "[Waiting, for the wake word](#waiting-for-the-wake-word)"
    assert f"| {link} | CPU | at most 1.15x | 1.2x | **missed** | 4 % off |" in goals
    assert "\n|  | memory | at most 80 MiB | 70 MiB | met | 12 % to spare |" in goals
    assert "threads" not in goals


def test_chapter_holds_its_figures() -> None:
    chapter = section(page([result()], MACHINE, ()), IDLE.title)
    assert "\nBoth hear the same minute.\n" in chapter
    assert (
        "| CPU | ms | 12 (11 to 13) | 10 (10) | bare engine | **1.2x** (1.1 to 1.3) | 3 "
        "| at most 1.15x: **missed** |" in chapter
    )
    assert "| threads |  | 3 (3) | 1 (1) | bare engine | **3x** (3) | 1 |  |" in chapter
    assert "| memory | MiB | 70 | 69 to 71 | 3 | at most 80 MiB: met |" in chapter
    assert (
        "| delay | ms | 10.5 | 1 to 20 | 2 | at most 15 ms: 95th percentile 20 ms, **missed** |"
        in chapter
    )
    assert "\nThe delay is the kernel's.\n" in chapter
    script = "[`python -m bench.performance.idle`](../tests/bench/performance/idle.py)"
    assert chapter.endswith(f"\nMade by {script}.\n")


def test_chapter_without_figures_has_no_tables() -> None:
    assert "|" not in section(page([result("bare", BARE)], MACHINE, PICTURES), "Bare")


def test_peer_that_cost_nothing_loses_no_row() -> None:
    nothing = Compared("CPU", "ms", "peer", (1.0,), (0.0,), goal=1.0)
    chapter = structs.replace(BARE, compared=(nothing,))
    text = page([result("bare", chapter)], MACHINE, ())
    assert "| CPU | ms | 1 (1) | 0 (0) | peer | **-** (-) | 1 | at most 1x: **missed** |" in text


def test_pictures_are_those_that_were_drawn() -> None:
    text = page([result()], MACHINE, PICTURES)
    assert re.findall(r"!\[(.*)\]\((.*)\)", text) == [
        (
            "How the values are distributed: at 0 ms, at 50 ms",
            "performance/idle-distribution.svg",
        ),
        ("CPU, by tools: ms against tools", "performance/idle-cpu-by-tools.svg"),
    ]
    assert "![" not in page([result()], MACHINE, ())


def test_chapter_of_another_commit_says_so() -> None:
    older = structs.replace(result(), commit="old", date="2026-11-20")
    text = page([older, result("bare", BARE)], MACHINE, ())
    assert "idle.py), on 2026-11-20 of commit old." in text
    assert "bare.py)." in text
    assert "on 2026-11-20 and 2026-11-26" in text


def test_failed_chapters_are_named() -> None:
    text = page([], MACHINE, (), failed=["idle", "soak"])
    assert "Not measured, because the script failed: idle, soak." in text
    assert "Not measured" not in page([result()], MACHINE, ())


def test_changes_are_included_as_they_are() -> None:
    changes = "| change | before | after |\n| --- | --- | --- |\n| less | 2 | 1 |\n"
    text = page([result()], MACHINE, (), changes)
    assert text.endswith(f"## What each change bought\n\n{changes}")
    assert "bought" not in page([result()], MACHINE, (), " \n").split("-->")[1]


def test_two_runs_stand_side_by_side() -> None:
    slower = Compared("CPU", "ms", "bare engine", (15.0,), (10.0,))
    same = IDLE.compared[1]
    again = structs.replace(IDLE, compared=(slower, same))
    runs = section(page([result(again=again), result("bare", BARE)], MACHINE, ()), "Run twice")
    assert "1 of 2 agree within 15 %." in runs
    link = "[Waiting, for the wake word](#waiting-for-the-wake-word)"
    assert f"| {link} | CPU | 1.2x | 1.5x | **25.0 %** |" in runs
    assert f"| {link} | threads | 3x | 3x | 0.0 % |" in runs


def test_one_run_has_nothing_beside_it() -> None:
    assert "## Run twice" not in page([result()], MACHINE, ())
