"""Run a function in a process of its own, so that what it takes is its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def alone(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what `function` returns in a fresh interpreter."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()


def side_by_side(function: Callable[..., T], each: Iterable[tuple[object, ...]]) -> list[T]:
    """Return what `function` returns for each, all at once, an interpreter for each."""
    calls = list(each)
    with ProcessPoolExecutor(len(calls), get_context("spawn")) as pool:
        return [future.result() for future in [pool.submit(function, *call) for call in calls]]
