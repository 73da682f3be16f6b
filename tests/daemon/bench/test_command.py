"""The whole command, on chapters that measure nothing, in a checkout of its own."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from bench.performance import measure, plots
from bench.performance.record import Result

SOURCES = Path(measure.__file__).parent
PARTS = (
    "__init__",
    "__main__",
    "judging",
    "machine",
    "measure",
    "page",
    "plots",
    "record",
    "run",
    "running",
    "wording",
)
CHAPTER = """
from pathlib import Path
from bench.performance.measure import Chapter, Compared, Curve, Measured, run_alone

TIMES = Path(__file__).with_suffix(".times")

def measure(scale):
    TIMES.open("a").write("x")
    ours = 1 + GROWTH * TIMES.stat().st_size
    return Chapter(
        title="Waiting", script="python -m bench.performance.idle", how="It waits.",
        compared=(Compared("CPU", "ms", "peer", (ours,), (2.0,), goal=0.4),),
        measured=(Measured("rounds", "rounds", (float(scale.rounds(100)),)),),
        distributions={"a": (1.0, 2.0)}, unit="ms",
        curves=(Curve("Cost", "load", "ms", {"a": ((1, 1), (2, 2))}),),
    )

if __name__ == "__main__":
    run_alone(measure)
"""
FAILS = """
print("\\n".join(f"line {n}" for n in range(40)))
raise SystemExit("there is no sound server")
"""
HANGS = """
import os, time
with open(__file__.replace(".py", ".pid"), "w") as told:
    told.write(str(os.getpid()))
time.sleep(600)
"""
PATIENCE_S = 30.0
PICTURES = {"idle-distribution.svg", "idle-cost.svg"}


class Ended(NamedTuple):
    """How a command has ended."""

    returncode: int
    stderr: str


class Checkout:
    """A checkout with nothing but the command, and the chapters that are written into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = folder / "tests/bench/performance"
        self.sources.mkdir(parents=True)
        (folder / "docs").mkdir()
        for part in PARTS:
            shutil.copy(SOURCES / f"{part}.py", self.sources)
        (self.sources / "changes.md").write_text("Less of it.\n")

    def write(self, name: str, source: str = CHAPTER, growth: float = 0.0) -> None:
        """Write a chapter whose CPU grows from one run to the next."""
        (self.sources / f"{name}.py").write_text(source.replace("GROWTH", str(growth)))

    def bring_matplotlib(self) -> None:
        """Be able to draw."""
        (self.folder / ".bench").mkdir()
        (self.folder / ".bench/plots").symlink_to(plots.LIBRARIES)

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start the command."""
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "bench.performance", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": self.path},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> Ended:
        """Run the command to its end."""
        with self.begin(*words) as command:
            _, said = command.communicate(timeout=2 * PATIENCE_S)
        return Ended(command.returncode, said)

    @property
    def path(self) -> str:
        """What Python looks through: this checkout before the one that is tested."""
        return os.pathsep.join([str(self.folder / "tests"), *filter(None, sys.path)])

    def page(self) -> str:
        """Return the page."""
        return (self.folder / "docs/performance.md").read_text()

    def pictures(self) -> set[str]:
        """Return the names of the plots."""
        return {path.name for path in (self.folder / "docs/performance").iterdir()}

    def kept(self, name: str) -> Result:
        """Return what is kept of a chapter."""
        return msgspec.json.decode((self.folder / f".bench/{name}.json").read_bytes(), type=Result)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_glance_writes_page_and_plots_beside_the_docs(checkout: Checkout) -> None:
    checkout.write("idle")
    run = checkout.run("--quick")
    assert run.returncode == 0, run.stderr
    page = (checkout.folder / ".bench/quick/performance.md").read_text()
    assert "| rounds | rounds | 10 | 10 | 1 |  |" in page
    assert page.endswith("## What each change bought\n\nLess of it.\n")
    assert not list((checkout.folder / "docs").iterdir())


@pytest.mark.skipif(not plots.can_draw(), reason="matplotlib comes with ./install.sh --bench")
def test_plots_are_those_of_the_page(checkout: Checkout) -> None:
    checkout.bring_matplotlib()
    checkout.write("idle")
    checkout.run()
    page = checkout.page()
    assert checkout.pictures() == PICTURES == set(re.findall(r"\(performance/(.*)\)", page))
    checkout.write("idle", CHAPTER.replace("Cost", "Price"))
    checkout.run()
    assert checkout.pictures() == {"idle-distribution.svg", "idle-price.svg"}


def test_run_ends_with_the_goals_that_are_missed(checkout: Checkout) -> None:
    checkout.write("idle")
    run = checkout.run()
    assert run.returncode == 0, run.stderr
    assert run.stderr.endswith(
        "written: docs/performance.md, 0 plots\n"
        "0 of 1 goals are met\n"
        "  missed: CPU: 0.5x, at most 0.4x (25 % off)\n"
    )
    assert "| rounds | rounds | 100 | 100 | 1 |  |" in checkout.page()


def test_chapters_that_are_not_there_are_left_out_with_a_line(checkout: Checkout) -> None:
    checkout.write("idle")
    said = checkout.run("--quick").stderr
    assert "left out: there is no soak.py" in said
    assert "no idle.py" not in said


def test_failed_chapter_is_named_with_its_last_lines(checkout: Checkout) -> None:
    checkout.write("idle", FAILS)
    checkout.write("wake")
    run = checkout.run()
    assert run.returncode == 1
    assert "failed: it ended with code 1\n    line 26\n" in run.stderr
    assert "    there is no sound server\n" in run.stderr
    assert "Not measured, because the script failed: idle." in checkout.page()
    assert "wake.py" in checkout.page()
    assert "line 0\n" in (checkout.folder / ".bench/idle.log").read_text()


def test_failed_chapter_is_not_told_by_its_last_run(checkout: Checkout) -> None:
    checkout.write("idle")
    checkout.run()
    assert "idle.py" in checkout.page()
    checkout.write("idle", FAILS)
    checkout.run()
    assert "idle.py" not in checkout.page()


def test_other_chapters_are_those_of_their_last_run(checkout: Checkout) -> None:
    for name in ("idle", "wake"):
        checkout.write(name)
    checkout.run()
    before = checkout.kept("idle")
    run = checkout.run("--only", "wake")
    assert "idle" not in run.stderr
    assert checkout.kept("idle") == before
    assert "0 of 1 goals are met" in run.stderr
    assert "idle.py" in checkout.page()
    assert "wake.py" in checkout.page()


def test_unknown_chapter_is_refused(checkout: Checkout) -> None:
    assert checkout.run("--only", "supper").returncode == 2


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_stopped_command_ends_its_chapter(checkout: Checkout, stop: signal.Signals) -> None:
    checkout.write("idle", HANGS)
    os.mkfifo(checkout.sources / "idle.pid")
    with checkout.begin("--quick") as command:
        chapter = os.pidfd_open(int((checkout.sources / "idle.pid").read_text()))
        command.send_signal(stop)
        said = command.communicate(timeout=PATIENCE_S)[1]
    assert command.returncode == 128 + stop
    assert "Traceback" not in said
    assert select.select([chapter], [], [], PATIENCE_S)[0]
    os.close(chapter)


@pytest.mark.parametrize(("growth", "code", "words"), [(0.0, 0, "0.0 %"), (1.0, 1, "**50.0 %**")])
def test_two_runs_are_held_against_each_other(
    checkout: Checkout, growth: float, code: int, words: str
) -> None:
    checkout.write("idle", growth=growth)
    run = checkout.run("--twice")
    assert run.returncode == code, run.stderr
    assert run.stderr.endswith(f"{words}\n")
    assert f"| {words} |" in checkout.page()
    assert checkout.kept("idle").again is not None


def test_second_run_that_fails_leaves_the_first(checkout: Checkout) -> None:
    checkout.write("idle", CHAPTER.replace('"x")', '"x")\n    assert TIMES.stat().st_size < 2'))
    run = checkout.run("--twice")
    assert run.returncode == 1
    assert "failed: idle again." in checkout.page()
    assert checkout.kept("idle").again is None
