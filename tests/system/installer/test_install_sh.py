"""The installer's words and refusals; what it installs is proved on bare machines."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import myna
from support.installation import KEY, copy_sources, listening_commands

ROOT = Path(__file__).parents[3]


def install_sh(
    *words: str, checkout: Path = ROOT, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - every word stands here
        [str(checkout / "install.sh"), *words],
        cwd="/",
        env={**os.environ, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the installer reads, at a path with a space."""
    return copy_sources(tmp_path / "a checkout")


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def test_version_is_the_package_s() -> None:
    assert install_sh("--version").stdout.strip() == myna.__version__


def test_help_names_every_option() -> None:
    text = install_sh("--help").stdout
    for option in (
        "--demo",
        "--test",
        "--lab",
        "--bench",
        "--with",
        "--uninstall",
        "--purge",
        "--dry-run",
        "--yes",
        "--version",
    ):
        assert option in text


def test_an_unknown_option_is_refused_with_the_usage() -> None:
    run = install_sh("--install")
    assert run.returncode == 2
    assert "unknown option --install" in run.stderr
    assert "--demo [words]" in run.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--yes",),
        ("--uninstall", "--purge"),
        ("--demo", "--keep", "folder"),
        ("--bench", "--quick"),
    ],
)
def test_dry_run_changes_nothing(checkout: Path, words: tuple[str, ...]) -> None:
    before = files(checkout)
    run = install_sh("--dry-run", *words, checkout=checkout)
    assert run.returncode == 0, run.stderr
    assert files(checkout) == before


def test_dry_run_passes_the_words_after_demo_on(checkout: Path) -> None:
    run = install_sh("--dry-run", "--demo", "--keep", "folder", checkout=checkout)
    assert run.stderr.endswith("/.venv/bin/myna demo --keep folder\n")


def test_the_unit_starts_what_the_installer_installs(checkout: Path) -> None:
    steps = install_sh("--dry-run", "--yes", checkout=checkout).stderr
    unit = (ROOT / "systemd/myna.service").read_text()
    link = re.search(r"ExecStart=(\S+)/bin/python", unit)
    assert link is not None
    assert re.search(rf"\+ ln -sfnT \S+ {link[1]}$", steps, re.MULTILINE)


def test_dry_run_passes_the_words_after_lab_on() -> None:
    run = install_sh("--dry-run", "--test", "--lab", "-k", "wake_word")
    assert run.stderr.endswith("/.venv/bin/python -m pytest --lab tests/lab -k wake_word\n")


def test_dry_run_passes_the_words_after_bench_on(checkout: Path) -> None:
    run = install_sh("--dry-run", "--bench", "--only", "idle", "--twice", checkout=checkout)
    assert run.stderr.endswith("/.venv/bin/python -m bench.performance --only idle --twice\n")


def test_what_draws_is_out_of_sight_of_what_is_measured(checkout: Path) -> None:
    run = install_sh("--dry-run", "--bench", checkout=checkout)
    (drawing,) = (line for line in run.stderr.splitlines() if "/bench.lock" in line)
    assert "--require-hashes" in drawing
    assert f"--target {checkout}/.bench/plots " in drawing


def test_the_lab_says_in_one_line_where_it_cannot_run(checkout: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/lab", checkout / "tests/lab")
    (tmp_path / "uname").write_text("#!/bin/sh\necho aarch64\n")
    (tmp_path / "uname").chmod(0o755)
    before = files(checkout)
    run = install_sh(
        "--test", "--lab", checkout=checkout, environ={"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    )
    assert run.returncode == 77
    assert run.stderr == (
        "lab: cannot run here: User Mode Linux needs an x86-64 machine, this is aarch64\n"
    )
    assert files(checkout) == before


def test_with_adds_what_was_chosen_with_its_own_lock(checkout: Path) -> None:
    run = install_sh("--dry-run", "--yes", "--with", "mqtt,mcp", checkout=checkout)
    assert run.returncode == 0, run.stderr
    assert re.search(r"into /opt/myna/\S+ with mcp, mqtt\n", run.stderr)
    assert run.stderr.count("--no-build-isolation -r /dev/stdin") == 3


def test_without_takes_precedence_and_needs_no_more_locks(checkout: Path) -> None:
    run = install_sh("--dry-run", "--yes", "--with", "mqtt", "--without", "mqtt", checkout=checkout)
    assert re.search(r"into /opt/myna/\S+\n", run.stderr)
    assert run.stderr.count("--no-build-isolation -r /dev/stdin") == 1


@pytest.mark.parametrize("words", [("--with",), ("--with", "mqtt,zigbee"), ("--without", "")])
def test_extras_that_are_not_there_are_refused_by_name(words: tuple[str, ...]) -> None:
    run = install_sh(*words)
    assert run.returncode == 2
    assert "mqtt mcp music sensors" in run.stderr


@pytest.mark.parametrize(("version", "has_it"), [(252, False), (253, True), (257, True)])
def test_a_dropin_is_chosen_by_the_version_of_systemd(
    checkout: Path, tmp_path: Path, version: int, has_it: bool
) -> None:
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f"#!/bin/sh\necho 'systemd {version} ({version}.1-1~deb)'\n")
    systemctl.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    steps = install_sh("--dry-run", "--yes", checkout=checkout, environ={"PATH": path}).stderr
    installed = re.search(r"\+ install .*/10-notify-reload.conf", steps)
    assert (installed is not None) == has_it


@pytest.mark.parametrize(("words", "has_it"), [(("--with", "music"), True), ((), False)])
def test_sound_is_shared_where_there_is_music(
    checkout: Path, words: tuple[str, ...], has_it: bool
) -> None:
    steps = install_sh("--dry-run", "--yes", *words, checkout=checkout).stderr
    installed = re.search(r"\+ install .*/30-shared-sound.conf", steps)
    assert (installed is not None) == has_it


def test_purge_alone_is_refused() -> None:
    run = install_sh("--purge")
    assert (run.returncode, run.stdout) == (2, "")
    assert "--purge goes with --uninstall" in run.stderr


def test_no_command_has_the_key_in_its_environment(checkout: Path, tmp_path: Path) -> None:
    listening = listening_commands(tmp_path / "listening", overheard := tmp_path / "overheard")
    run = install_sh(
        "--dry-run",
        "--yes",
        checkout=checkout,
        environ={"GEMINI_API_KEY": KEY, "PATH": f"{listening}:{os.environ['PATH']}"},
    )
    assert run.returncode == 0, run.stderr
    assert "api-key" in run.stderr
    assert "dpkg-query" in overheard.read_text()
    assert KEY not in overheard.read_text() + run.stderr + run.stdout
