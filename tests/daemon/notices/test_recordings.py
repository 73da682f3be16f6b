"""The recordings: complete, in the package, small, and without a click."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from myna.audio.fades import is_torn
from myna.notices.catalogue import TEXTS, Notice
from myna.notices.recordings import FOLDER, recording
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_in, seconds_for

PACKAGE_LIMIT_BYTES = 1_000_000


def test_recordings_are_those_of_the_catalogue_and_small() -> None:
    assert {path.stem for path in FOLDER.glob("*.wav")} == set(Notice)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < PACKAGE_LIMIT_BYTES


def test_recordings_are_packed_with_their_licence() -> None:
    root = Path(__file__).parents[3]
    packed = {file.distribution_path for file in WheelBuilder(str(root)).recurse_included_files()}
    files = {f"{notice}.wav" for notice in Notice} | {"LICENSE.md"}
    assert {f"myna/notices/speech/{name}" for name in files} <= packed


@pytest.mark.parametrize("notice", Notice)
def test_recording_is_speech_of_that_length_without_a_click(notice: Notice) -> None:
    pcm = recording(notice)
    samples = array("h", pcm)
    assert max(map(abs, samples[:24])) < 700
    assert not is_torn(pcm)
    assert 3_000 < max(map(abs, samples)) <= 32_767
    words = len(TEXTS[notice].split())
    assert 0.15 * words < seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ) < 0.55 * words
