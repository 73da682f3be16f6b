from __future__ import annotations

import json
import shutil
from array import array
from collections.abc import Iterator
from pathlib import Path

import pymicro_wakeword
import pytest

from myna.config import WakeSettings
from myna.errors import WakeEngineError
from myna.wake.detector import WakeDetector
from myna.wake.stop import open_stop_detector
from myna_hardware.units import frames_for
from support.speech import in_silence, listen, periods, recorded

BUNDLED = Path(pymicro_wakeword.__file__).parent / "models"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which the model of "stop" listens, in truth, for "alexa"."""
    description = json.loads((BUNDLED / "alexa.json").read_text()) | {"model": "stop.tflite"}
    (tmp_path / "stop.json").write_text(json.dumps(description))
    shutil.copy(BUNDLED / "alexa.tflite", tmp_path / "stop.tflite")
    return tmp_path


@pytest.fixture
def detector(folder: Path) -> Iterator[WakeDetector]:
    opened = open_stop_detector(WakeSettings(folder=folder))
    assert opened
    yield opened
    opened.close()


def over_reply(word: bytes, echo_db: float) -> bytes:
    """Say `word` one second into a reply that is left `echo_db` loud by the canceller."""
    reply = array("h", recorded("reply_long"))
    gain = 10 ** (echo_db / 20)
    mixed = array("h", (round(sample * gain) for sample in reply))
    for at, sample in enumerate(array("h", word), start=frames_for(1.0)):
        mixed[at] = max(-32768, min(32767, mixed[at] + sample))
    return mixed.tobytes()


@pytest.mark.parametrize("echo_db", [-20, -10])
def test_stop_detector_hears_the_word_once_over_a_reply(
    detector: WakeDetector, echo_db: float
) -> None:
    heard = listen(detector, periods(over_reply(recorded("alexa"), echo_db)))

    assert [each.word for each in heard] == ["stop"]


@pytest.mark.parametrize("phrase", ["reply_long", "near_misses", "okay_nabu"])
def test_stop_detector_ignores_other_speech(detector: WakeDetector, phrase: str) -> None:
    assert listen(detector, periods(in_silence(recorded(phrase)))) == []


def test_stop_detector_hears_the_word_again_after_a_reset(detector: WakeDetector) -> None:
    pcm = periods(in_silence(recorded("alexa")))
    first = listen(detector, pcm)
    detector.reset()

    assert first
    assert listen(detector, pcm) == first


def test_stop_detector_is_none_when_there_are_no_stop_words(folder: Path) -> None:
    assert open_stop_detector(WakeSettings(folder=folder, stop_words=())) is None


def test_stop_detector_listens_for_the_stop_words_alone(detector: WakeDetector) -> None:
    assert detector.words == ("stop",)


def test_stop_detector_says_what_to_put_where_when_a_word_has_no_model(folder: Path) -> None:
    with pytest.raises(WakeEngineError) as caught:
        open_stop_detector(WakeSettings(folder=folder, stop_words=("stop", "halt")))

    assert str(caught.value) == (
        "wake engine micro: has no model of halt: put halt.json and its .tflite into wake.folder"
    )


def test_stop_detector_says_what_to_put_where_when_there_is_no_folder() -> None:
    with pytest.raises(WakeEngineError, match=r"put stop\.json and its \.tflite into wake\.folder"):
        open_stop_detector(WakeSettings())


def test_stop_detector_keeps_to_the_threshold_of_the_word_alone(folder: Path) -> None:
    pcm = periods(in_silence(recorded("alexa")))
    deaf = open_stop_detector(WakeSettings(folder=folder, thresholds={"stop": 1.0}))
    general = open_stop_detector(WakeSettings(folder=folder, threshold=1.0))

    assert deaf
    assert general
    assert listen(deaf, pcm) == []
    assert [each.word for each in listen(general, pcm)] == ["stop"]
