from __future__ import annotations

from pathlib import Path

import pytest

from myna.config import WakeSettings
from myna.errors import WakeEngineError
from myna.wake.words import chosen, custom_words, threshold


def test_chosen_keeps_the_order_and_drops_repetitions() -> None:
    assert list(chosen("x", ("b", "a", "b"), {"a": 1, "b": 2, "c": 3}).items()) == [
        ("b", 2),
        ("a", 1),
    ]


def test_chosen_lists_the_known_words_when_one_is_unknown() -> None:
    with pytest.raises(WakeEngineError) as caught:
        chosen("micro", ("alexa", "computer"), {"okay_nabu": 1, "alexa": 2})

    assert str(caught.value) == (
        "wake engine micro: knows no word computer; it knows alexa, okay_nabu"
    )


def test_custom_words_are_the_files_of_the_folder(tmp_path: Path) -> None:
    for name in ("hey_myna.json", "hey_myna.tflite", "computer.json"):
        (tmp_path / name).touch()

    assert custom_words("micro", tmp_path, ".json") == {
        "computer": tmp_path / "computer.json",
        "hey_myna": tmp_path / "hey_myna.json",
    }


def test_custom_words_are_none_without_a_folder() -> None:
    assert custom_words("micro", None, ".json") == {}


def test_custom_words_name_the_folder_when_it_is_missing(tmp_path: Path) -> None:
    with pytest.raises(WakeEngineError, match=r"wake\.folder .*/absent: No such file or directory"):
        custom_words("micro", tmp_path / "absent", ".json")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (WakeSettings(), 0.9),
        (WakeSettings(threshold=0.4), 0.4),
        (WakeSettings(threshold=0.0), 0.0),
        (WakeSettings(threshold=0.4, thresholds={"alexa": 0.7}), 0.7),
        (WakeSettings(thresholds={"okay_nabu": 0.7}), 0.9),
    ],
)
def test_threshold_is_the_words_own_then_the_general_then_the_default(
    settings: WakeSettings, expected: float
) -> None:
    assert threshold(settings, "alexa", 0.9) == expected
