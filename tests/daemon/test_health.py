from __future__ import annotations

from myna.health import Health
from myna.trace import Trace


def test_health_tells_its_listeners_when_trouble_begins_and_ends() -> None:
    health = Health(Trace())
    told: list[dict[str, str]] = []
    health.watch(lambda: told.append(health.troubles))
    health.degrade("lamp", "it burns")
    health.degrade("lamp", "it still burns")
    health.recover("lamp")
    health.recover("lamp")
    assert told == [{"lamp": "it burns"}, {}]
