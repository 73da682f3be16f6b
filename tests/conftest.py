"""Fixtures for every test, and the word that lets the lab's tests run."""

from __future__ import annotations

import gc

import pytest

from support.sound_server import sound_server

__all__ = ["sound_server"]


try:
    from hypothesis import HealthCheck, settings
except ModuleNotFoundError:  # the lab's guest has none, and runs no test with it
    pass
else:
    # How long an example takes says how busy the machine is; speed is for tests/bench.
    settings.register_profile("myna", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("myna")


@pytest.fixture(scope="module", autouse=True)
def small_heap() -> None:
    """Keep what earlier modules have left out of the collector's way.

    A full collection stops every thread, those of the sound included, for as long as it
    takes to walk over all that thousands of tests keep.
    """
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take `--lab`."""
    parser.addoption("--lab", action="store_true", help="run tests/lab, which boots a kernel")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of the tests that need `--lab`."""
    config.addinivalue_line("markers", "lab: boots a kernel; runs with --lab only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the lab's tests out where nobody asked for them."""
    if config.getoption("--lab"):
        return
    left_out = [item for item in items if item.get_closest_marker("lab")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
