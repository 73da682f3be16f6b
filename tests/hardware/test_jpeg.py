from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import myna.demo
from myna_hardware.camera.blank import blank_jpeg
from myna_hardware.camera.jpeg import LARGEST_SIDE, flaw_of, qualities, size_of
from support.picamera2_stand_in import padded

BIRD = (Path(myna.demo.__path__[0]) / "bird.jpg").read_bytes()
LIMIT_BYTES = 64 * 1024


def flaw(jpeg: bytes) -> str | None:
    found = flaw_of(jpeg, LIMIT_BYTES)
    return None if found is None else found.text


def test_size_of_a_real_photograph_is_read() -> None:
    assert size_of(BIRD) == (640, 480)
    assert flaw(BIRD) is None


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_blank_jpeg_is_whole_and_of_the_size_asked_for(width: int, height: int) -> None:
    jpeg = blank_jpeg(width, height)
    assert size_of(jpeg) == (width, height)
    assert flaw_of(jpeg, 1024 * 1024) is None


def test_jpeg_may_have_fill_bytes_and_zeros_after_it() -> None:
    filled = BIRD[:2] + b"\xff\xff" + BIRD[2:]
    assert size_of(filled) == (640, 480)
    assert flaw(filled + bytes(100)) is None


@given(st.integers(0, len(BIRD) - 1))
def test_no_beginning_of_a_jpeg_passes_for_a_whole_one(length: int) -> None:
    assert flaw(BIRD[:length]) in {"is not a JPEG", "is cut off"}


@given(st.binary(max_size=200))
def test_any_bytes_are_judged_without_an_error(noise: bytes) -> None:
    flaw(noise)
    flaw(b"\xff\xd8\xff" + noise + b"\xff\xd9")


@pytest.mark.parametrize(
    ("jpeg", "text"),
    [
        (b"GIF89a", "is not a JPEG"),
        (b"", "is not a JPEG"),
        (padded(BIRD, LIMIT_BYTES - len(BIRD)), "is larger than 64 KiB"),
        (b"\xff\xd8\xff\xe0picture\xff\xd9", "is a JPEG without a picture in it"),
        (blank_jpeg(8, 0), "is a JPEG without a picture in it"),
        (blank_jpeg(LARGEST_SIDE + 1, 8), "is a JPEG without a picture in it"),
    ],
)
def test_flaw_says_what_is_wrong(jpeg: bytes, text: str) -> None:
    assert flaw(jpeg) == text


def test_jpeg_of_just_the_limit_is_not_too_large() -> None:
    room = LIMIT_BYTES - len(BIRD) - 4
    assert flaw(padded(BIRD, room)) is None


@given(st.integers(10, 95))
def test_qualities_go_down_from_the_first_to_the_least(first: int) -> None:
    steps = qualities(first)
    assert (steps[0], steps[-1]) == (first, 10)
    assert all(better > worse for better, worse in pairwise(steps))
