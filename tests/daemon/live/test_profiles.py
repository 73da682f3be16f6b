from __future__ import annotations

import pytest

from myna.live.profiles import PROFILES, UNKNOWN, profile_for


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gemini-3.8-live", "gemini-3.8-live"),
        ("models/gemini-3.8-live", "gemini-3.8-live"),
        ("gemini-3.8-live-preview-09-2026", "gemini-3.8-live"),
        ("gemini-3.8-live-extended-thinking", "gemini-3.8-live-extended-thinking"),
        ("gemini-3.1-flash-live-preview", "gemini-3.1-flash-live"),
        ("gemini-2.5-flash-native-audio-preview-12-2025", "gemini-2.5-flash-native-audio"),
        ("gemini-2.5-flash-native-audio-latest", "gemini-2.5-flash-native-audio"),
    ],
)
def test_profile_covers_a_family_and_its_variants(model: str, family: str) -> None:
    assert profile_for(model).family == family


@pytest.mark.parametrize("model", ["", "gemini-4-live", "gemini-3.8-livestream", "my-model"])
def test_profile_of_an_unknown_model_asks_for_nothing_special(model: str) -> None:
    assert profile_for(model) is UNKNOWN
    assert UNKNOWN.behavior("NON_BLOCKING") is None
    assert (UNKNOWN.thinking_level, UNKNOWN.camera_coverage) == (None, None)
    assert not UNKNOWN.takes_scheduling
    assert not UNKNOWN.takes_content
    assert not UNKNOWN.takes_pictures_in_answers
    assert UNKNOWN.gates_microphone
    assert UNKNOWN.seeding == "instruction"


@pytest.mark.parametrize(
    ("model", "takes", "gates_microphone", "seeding"),
    [
        ("gemini-3.8-live", {"scheduling", "content", "pictures_in_answers"}, False, "history"),
        (
            "gemini-3.8-live-extended-thinking",
            {"content", "pictures_in_answers"},
            False,
            "history",
        ),
        ("gemini-3.1-flash-live-preview", {"pictures_in_answers"}, False, "history"),
        ("gemini-2.5-flash-native-audio-latest", {"scheduling", "content"}, True, "content"),
    ],
)
def test_profile_knows_how_a_family_behaves(
    model: str, takes: set[str], gates_microphone: bool, seeding: str
) -> None:
    profile = profile_for(model)
    kinds = ("scheduling", "content", "pictures_in_answers")

    assert {kind for kind in kinds if getattr(profile, f"takes_{kind}")} == takes
    assert profile.gates_microphone is gates_microphone
    assert profile.seeding == seeding


def test_no_family_hides_a_narrower_one() -> None:
    assert [profile_for(row.family) for row in PROFILES] == list(PROFILES)
