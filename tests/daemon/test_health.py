from __future__ import annotations

from myna.health import Health
from myna.trace import Trace


def test_health_tells_its_listeners_when_trouble_begins_and_ends() -> None:
    health = Health(Trace())
    told: list[dict[str, str]] = []
    health.watch(lambda _part, _is_well: told.append(health.troubles))
    health.degrade("lamp", "it burns")
    health.degrade("lamp", "it still burns")
    health.recover("lamp")
    health.recover("lamp")
    assert told == [{"lamp": "it burns"}, {}]


def test_watcher_hears_of_what_was_wrong_before() -> None:
    health = Health(Trace())
    told: list[tuple[str, bool]] = []
    health.degrade("key", "none")
    health.watch(lambda part, is_well: told.append((part, is_well)))
    health.degrade("key", "still none")
    health.recover("key")
    assert told == [("key", False), ("key", True)]
