"""The drift of two clocks, learned from how their streams move against each other."""

from __future__ import annotations

import random

import pytest

from myna.echo.drift import LIMIT_PPM, SETTLE_S, SHORTEST_S, WITNESSES, Drift


def reply(drift: Drift, ppm: float, seconds: float, noise: float = 0.0, seed: int = 3) -> None:
    """Play for so long with a speaker that runs `ppm` too fast for what is known."""
    chance = random.Random(seed)  # noqa: S311  # repeatable
    drift.begin()
    for number in range(int(50 * seconds)):
        left_ppm = ppm - drift.ppm
        moved = -left_ppm * 1e-6 * 16_000 * number / 50
        drift.observe(moved + chance.uniform(-noise, noise), 0.02)


@pytest.mark.parametrize("ppm", [50.0, -80.0, 200.0])
def test_drift_is_learned_over_replies(ppm: float) -> None:
    drift = Drift()
    for seed in range(WITNESSES + 1):
        reply(drift, ppm, 6.0, noise=1.0, seed=seed)
    assert drift.ppm == pytest.approx(ppm, abs=15)


def test_jitter_is_no_drift() -> None:
    drift = Drift()
    for seed in range(200):
        reply(drift, 0.0, 6.0, noise=1.0, seed=seed)
    assert drift.ppm == 0


def test_replies_that_disagree_prove_nothing() -> None:
    drift = Drift()
    for number in range(40):
        reply(drift, 100.0 if number % 3 else -100.0, 6.0)
    assert drift.ppm == 0


def test_short_replies_and_beginnings_do_not_count() -> None:
    drift = Drift()
    for _ in range(50):
        reply(drift, 500.0, SETTLE_S + SHORTEST_S - 0.1)
    assert drift.ppm == 0


def test_device_that_lies_is_not_followed_beyond_any_crystal() -> None:
    drift = Drift()
    for _ in range(WITNESSES + 1):
        reply(drift, 5000.0, 6.0)
    assert drift.ppm == LIMIT_PPM
