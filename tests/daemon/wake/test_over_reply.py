"""The detectors that listen while something plays, with the real engine."""

from __future__ import annotations

import pytest

from myna.config import WakeSettings
from myna.wake.over_reply import SURE_OF_OURSELVES, SURE_OVER_REPLY, OverReply, open_over_reply
from myna.wake.stream import SteppedDetector

ALEXA = WakeSettings(words=("alexa",))


def thresholds(over_reply: OverReply | None) -> tuple[dict[str, float], dict[str, float]]:
    """Return with how much each of the two is satisfied."""
    assert over_reply is not None
    found = []
    for detector in (over_reply.near, over_reply.own):
        assert isinstance(detector, SteppedDetector)
        found.append(detector._source._thresholds)  # type: ignore[attr-defined]
        detector.close()
    return found[0], found[1]


def test_detectors_over_a_reply_are_satisfied_with_less() -> None:
    near, own = thresholds(open_over_reply(ALEXA, "micro"))
    assert near == {"alexa": SURE_OVER_REPLY}
    assert own == {"alexa": SURE_OF_OURSELVES}


@pytest.mark.parametrize(
    ("settings", "near"),
    [
        (WakeSettings(words=("alexa",), threshold=0.8), {"alexa": 0.8}),
        (
            WakeSettings(words=("alexa", "okay_nabu"), thresholds={"alexa": 0.95}),
            {"alexa": 0.95, "okay_nabu": SURE_OVER_REPLY},
        ),
    ],
)
def test_threshold_of_the_users_own_stands(settings: WakeSettings, near: dict[str, float]) -> None:
    assert thresholds(open_over_reply(settings, "micro"))[0] == near


@pytest.mark.parametrize("engine", ["open", "porcupine", "none"])
def test_engine_without_a_score_of_its_kind_has_none(engine: str) -> None:
    assert open_over_reply(ALEXA, engine) is None
