from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pymicro_wakeword
import pytest

from myna.config import WakeSettings
from myna.errors import WakeEngineError
from myna.wake.micro import open_micro
from myna.wake.stream import SteppedDetector
from myna_hardware.units import frames_for, seconds_for
from support.speech import in_silence, listen, periods, pieces, recorded, speech_end_frame

BUNDLED = Path(pymicro_wakeword.__file__).parent / "models"
WORDS = ("okay_nabu", "hey_jarvis", "hey_mycroft", "alexa")
PHRASES = {
    "okay_nabu": "okay_nabu",
    "okay_nabu_slow": "okay_nabu",
    "okay_nabu_fast": "okay_nabu",
    "okay_nabu_small": "okay_nabu",
    "hey_jarvis": "hey_jarvis",
    "hey_mycroft": "hey_mycroft",
    "alexa": "alexa",
    "alexa_espeak": "alexa",
    "wake_lamp": "okay_nabu",
    "one_breath": "okay_nabu",
}
OTHER_PHRASES = (
    "turn_on_the_lamp",
    "weather",
    "near_misses",
    "small_talk",
    "small_talk_espeak",
    "tell_story",
    "barge_in",
    "look",
)
WORD_END_S, TURN_STARTS_S = 0.665, 0.695
"""Read off the waveform of one_breath.wav: "nabu" fades, then the t of "turn" bursts."""


@pytest.fixture(scope="module")
def loaded() -> Iterator[SteppedDetector]:
    detector = open_micro(WakeSettings(words=WORDS))
    yield detector
    detector.close()


@pytest.fixture
def detector(loaded: SteppedDetector) -> SteppedDetector:
    loaded.reset()
    return loaded


@pytest.mark.parametrize(("phrase", "word"), PHRASES.items())
def test_micro_hears_a_phrase_exactly_once(
    detector: SteppedDetector, phrase: str, word: str
) -> None:
    heard = listen(detector, periods(in_silence(recorded(phrase))))

    assert [each.word for each in heard] == [word]


@pytest.mark.parametrize("phrase", OTHER_PHRASES)
def test_micro_ignores_other_phrases(detector: SteppedDetector, phrase: str) -> None:
    assert listen(detector, periods(in_silence(recorded(phrase)))) == []


def test_micro_hears_each_word_of_one_long_stream(detector: SteppedDetector) -> None:
    stream = b"".join(in_silence(recorded(word)) for word in WORDS)

    assert [each.word for each in listen(detector, periods(stream))] == list(WORDS)


@pytest.mark.parametrize("size_bytes", [1, 319, 640, 1024, 4001, 40_000])
def test_micro_hears_the_same_however_the_stream_is_cut(
    detector: SteppedDetector, size_bytes: int
) -> None:
    stream = in_silence(recorded("okay_nabu")) + in_silence(recorded("alexa"))
    expected = listen(detector, periods(stream))
    detector.reset()

    assert listen(detector, pieces(stream, size_bytes)) == expected


@pytest.mark.parametrize("lead_s", [0.5, 0.503, 0.511, 0.517, 0.524])
def test_micro_puts_the_words_end_before_the_speech_that_follows(
    detector: SteppedDetector, lead_s: float
) -> None:
    [heard] = listen(detector, periods(in_silence(recorded("one_breath"), lead_s)))

    end_s = seconds_for(heard.end_frame) - lead_s
    assert WORD_END_S - 0.25 < end_s < TURN_STARTS_S


@pytest.mark.parametrize("phrase", ["okay_nabu", "hey_jarvis", "hey_mycroft", "alexa"])
def test_micro_puts_the_words_end_at_its_energys_end_or_before(
    detector: SteppedDetector, phrase: str
) -> None:
    pcm = recorded(phrase)
    end_frame = frames_for(0.5) + speech_end_frame(pcm)

    [heard] = listen(detector, periods(in_silence(pcm)))

    assert heard.end_frame <= end_frame


def test_micro_is_stricter_when_a_word_has_a_higher_threshold() -> None:
    pcm = periods(in_silence(recorded("computer")))
    default = open_micro(WakeSettings())
    strict = open_micro(WakeSettings(thresholds={"okay_nabu": 0.95}))

    # The model's known weak spot: at its own cutoff "computer" passes for "okay nabu".
    assert [each.word for each in listen(default, pcm)] == ["okay_nabu"]
    assert listen(strict, pcm) == []


def test_micro_forgets_the_stream_when_reset(detector: SteppedDetector) -> None:
    pcm = in_silence(recorded("okay_nabu"))
    first = listen(detector, periods(pcm))
    detector.reset()

    assert listen(detector, periods(pcm)) == first


def test_micro_can_be_closed_twice() -> None:
    detector = open_micro(WakeSettings())

    detector.close()
    detector.close()


def test_micro_lists_its_words_when_one_is_unknown() -> None:
    with pytest.raises(WakeEngineError) as caught:
        open_micro(WakeSettings(words=("okay_nabu", "computer")))

    assert str(caught.value) == (
        "wake engine micro: knows no word computer; "
        "it knows alexa, hey_jarvis, hey_mycroft, okay_nabu"
    )


def custom_model(folder: Path, **changes: object) -> Path:
    """Make a custom word, hey_myna, out of the bundled alexa model."""
    description = json.loads((BUNDLED / "alexa.json").read_text()) | {"model": "myna.tflite"}
    (folder / "hey_myna.json").write_text(json.dumps(description | changes))
    return Path(shutil.copy(BUNDLED / "alexa.tflite", folder / "myna.tflite"))


def test_micro_hears_a_custom_word_of_the_folder(tmp_path: Path) -> None:
    custom_model(tmp_path)
    detector = open_micro(WakeSettings(words=("hey_myna", "okay_nabu"), folder=tmp_path))

    heard = listen(detector, periods(in_silence(recorded("alexa"))))

    assert [each.word for each in heard] == ["hey_myna"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"version": 1}, "Invalid enum value 1 - at `$.version`"),
        ({"micro": {"probability_cutoff": 0.9}}, "missing required field `sliding_window_size`"),
        ({"model": "absent.tflite"}, "absent.tflite is missing or damaged"),
    ],
)
def test_micro_refuses_a_custom_word_when_its_description_is_wrong(
    tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    custom_model(tmp_path, **changes)

    with pytest.raises(WakeEngineError) as caught:
        open_micro(WakeSettings(words=("hey_myna",), folder=tmp_path))

    assert "hey_myna.json is no microWakeWord model of version 2: " in str(caught.value)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kept_bytes", [0, 10, 20_000])
def test_micro_refuses_a_custom_word_when_its_model_is_damaged(
    tmp_path: Path, kept_bytes: int
) -> None:
    model = custom_model(tmp_path)
    model.write_bytes(model.read_bytes()[:kept_bytes])

    with pytest.raises(WakeEngineError, match=r"myna\.tflite is missing or damaged"):
        open_micro(WakeSettings(words=("hey_myna",), folder=tmp_path))
