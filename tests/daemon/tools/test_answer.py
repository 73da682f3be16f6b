from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from myna.tools.answer import RESPONSE_LIMIT_BYTES, failed, succeeded
from myna.tools.tool import Ended, Seen
from myna_hardware.interfaces import Still

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4000),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_answer_holds_the_output_of_a_tool() -> None:
    answer = succeeded({"percent": 40}, ms=2.5)
    assert answer.response == {"output": {"percent": 40}}
    assert answer.is_ok
    assert answer.ms == 2.5
    assert not answer.ends_conversation
    assert answer.still is None


def test_answer_carries_the_end_of_the_conversation() -> None:
    answer = succeeded(Ended({"ended": True}), ms=0)
    assert answer.ends_conversation
    assert answer.response == {"output": {"ended": True}}


def test_answer_carries_a_still_beside_its_text() -> None:
    answer = succeeded(Seen(Still(b"jpeg"), "a picture"), ms=0)
    assert answer.still == Still(b"jpeg")
    assert answer.response == {"output": {"text": "a picture"}}


def test_answer_holds_the_error_of_a_tool() -> None:
    answer = failed("it broke", ms=1)
    assert answer.response == {"error": "it broke"}
    assert not answer.is_ok


def test_answer_makes_everything_plain_json() -> None:
    answer = succeeded({"path": Path("/a"), "nan": float("nan"), "inf": [float("inf")]}, ms=0)
    assert answer.response == {"output": {"path": "/a", "nan": None, "inf": [None]}}


def test_answer_keeps_the_beginning_of_what_is_too_long() -> None:
    answer = succeeded({"rows": ["ö" * 100] * 1000}, ms=0)
    (note, beginning) = answer.response["output"].values()
    size = len(json.dumps(answer.response, ensure_ascii=False).encode())
    assert note == "cut: 203021 bytes were too long; this is the beginning"
    assert beginning.startswith('{"output":{"rows":["öööö')
    assert RESPONSE_LIMIT_BYTES * 0.4 < size <= RESPONSE_LIMIT_BYTES


@given(st.dictionaries(st.text(), VALUES))
def test_answer_is_always_small_and_finite(result: dict[str, object]) -> None:
    response = succeeded(result, ms=0).response
    encoded = json.dumps(response, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    assert len(encoded.encode()) <= RESPONSE_LIMIT_BYTES


@given(st.text(max_size=20_000))
def test_answer_keeps_errors_small(problem: str) -> None:
    response = failed(problem, ms=0).response
    encoded = json.dumps(response, ensure_ascii=False, separators=(",", ":"))
    assert len(encoded.encode()) <= RESPONSE_LIMIT_BYTES
