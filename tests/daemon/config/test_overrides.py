from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.config.overrides import Override, laid_over, parse_override
from myna.errors import Problem


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("speaker.volume=50", ("speaker", "volume"), 50),
        ("live.endpoint=ws://127.0.0.1:9", ("live", "endpoint"), "ws://127.0.0.1:9"),
        ('live.voice="Kore"', ("live", "voice"), "Kore"),
        ("live.voice=", ("live", "voice"), ""),
        ("wake.words=['a', 'b']", ("wake", "words"), ["a", "b"]),
        (" speaker . volume = 5 ", ("speaker", "volume"), 5),
        ('outputs."desk lamp".pin=4', ("outputs", "desk lamp", "pin"), 4),
        ("live.instruction=1\nother = 2", ("live", "instruction"), "1\nother = 2"),
        ("live.voice=" + "[" * 5000, ("live", "voice"), "[" * 5000),
        ("live.voice=a=b", ("live", "voice"), "a=b"),
    ],
)
def test_parse_override_reads_key_and_value(
    text: str, path: tuple[str, ...], value: object
) -> None:
    assert parse_override(text) == Override(path, value)


@pytest.mark.parametrize("text", ["", "speaker.volume", "=5", "a b=5", "a.=5", "#x=5"])
def test_parse_override_refuses_what_has_no_key(text: str) -> None:
    assert parse_override(text) == Problem(
        "--set", "takes a key and a value, like speaker.volume=50"
    )


@given(st.text())
def test_parse_override_never_raises(text: str) -> None:
    assert isinstance(parse_override(text), Override | Problem)


def test_laid_over_replaces_adds_and_leaves_the_rest() -> None:
    tree = {"speaker": {"volume": 1, "device": "x"}, "live": "oops"}
    result = laid_over(
        tree,
        [
            Override(("speaker", "volume"), 2),
            Override(("speaker", "volume"), 3),
            Override(("live", "voice"), "Kore"),
            Override(("log",), {"level": "debug"}),
        ],
    )
    assert result == {
        "speaker": {"volume": 3, "device": "x"},
        "live": {"voice": "Kore"},
        "log": {"level": "debug"},
    }
    assert tree["speaker"] == {"volume": 1, "device": "x"}
