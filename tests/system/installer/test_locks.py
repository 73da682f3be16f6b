"""The locks agree with one another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LOCKS = Path(__file__).parents[3] / "requirements"


def pins(name: str) -> dict[str, str]:
    text = (LOCKS / f"{name}.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", text, re.MULTILINE | re.IGNORECASE))


@pytest.mark.parametrize("extra", ["mqtt", "mcp", "music", "sensors"])
def test_extra_is_what_the_daemon_runs_on_and_more(extra: str) -> None:
    assert pins("run").items() < pins(extra).items()
    assert pins(extra).items() <= pins("dev").items()


def test_what_draws_is_of_no_other_version_than_what_is_tested() -> None:
    tested = pins("dev")
    assert "matplotlib" not in tested
    assert "matplotlib" in pins("bench")
    shared = pins("bench").keys() & tested
    assert shared
    assert {name: pins("bench")[name] for name in shared} == {name: tested[name] for name in shared}


def test_no_lock_names_where_packages_come_from() -> None:
    for lock in LOCKS.glob("*.lock"):
        assert "://" not in lock.read_text(encoding="utf-8"), lock
