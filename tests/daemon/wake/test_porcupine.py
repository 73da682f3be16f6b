"""Porcupine needs an account; what needs none is tested for real.

The 1.9 series hears without a key. To run those tests, too:
`pip install --no-deps --target DIR pvporcupine==1.9.5`, then pytest with DIR first
in PYTHONPATH (the tests of 4 are skipped then).
"""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from myna.config import WakeSettings
from myna.errors import WakeEngineError
from myna.wake.porcupine import REASONS, open_porcupine, runs_without_key
from support.speech import in_silence, listen, periods, pieces, recorded

COMPUTER = WakeSettings(words=("computer",))
KEYS = ("SECRETSECRET", "U0VDUkVU" * 7 + "==")
"""One that cannot be parsed, one that looks real."""

with_key = pytest.mark.skipif(runs_without_key(), reason="Porcupine 1 is installed, not 4")
without_key = pytest.mark.skipif(not runs_without_key(), reason="Porcupine 1.9 is not installed")


def refusal(settings: WakeSettings, key: str | None) -> WakeEngineError:
    with pytest.raises(WakeEngineError) as caught:
        open_porcupine(settings, key)
    return caught.value


@with_key
@pytest.mark.parametrize("key", KEYS)
def test_porcupine_never_tells_the_key_when_it_is_bad(key: str) -> None:
    error = refusal(COMPUTER, key)

    assert error.__cause__ is None
    assert error.__context__ is None
    told = f"{error} {error!r} {error.args} {''.join(traceback.format_exception(error))}"
    assert key not in told
    assert str(error) == (
        "wake engine porcupine: does not take the AccessKey (copy it again from "
        "console.picovoice.ai), or a .ppn file is for another platform or version"
    )


@with_key
@pytest.mark.parametrize("key", [None, ""])
def test_porcupine_names_the_setting_when_there_is_no_key(key: str | None) -> None:
    assert "put one from console.picovoice.ai into a file and name it in wake.key_file" in str(
        refusal(COMPUTER, key)
    )


def test_porcupine_lists_its_words_when_one_is_unknown() -> None:
    error = refusal(WakeSettings(words=("okay_nabu",)), KEYS[0])

    assert "knows no word okay_nabu; it knows alexa, americano, " in str(error)


@with_key
def test_porcupine_takes_the_words_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "hey_myna.ppn").touch()

    error = refusal(WakeSettings(words=("hey_myna",), folder=tmp_path), KEYS[0])

    assert "knows no word" not in str(error)


@with_key
def test_porcupine_has_a_line_for_every_error_of_activation() -> None:
    import pvporcupine

    activations = {name for name in dir(pvporcupine) if name.startswith("PorcupineActivation")}

    assert activations
    assert activations <= set(REASONS)
    assert all("\n" not in reason for reason in REASONS.values())


@without_key
@pytest.mark.parametrize("word", ["computer", "alexa"])
def test_porcupine_hears_a_phrase_exactly_once_without_a_key(word: str) -> None:
    detector = open_porcupine(WakeSettings(words=("alexa", "computer")), None)

    heard = listen(detector, periods(in_silence(recorded(word))))

    assert [each.word for each in heard] == [word]


@without_key
@pytest.mark.parametrize("phrase", ["weather", "small_talk", "okay_nabu", "near_misses"])
def test_porcupine_ignores_other_phrases(phrase: str) -> None:
    detector = open_porcupine(WakeSettings(words=("alexa", "computer")), None)

    assert listen(detector, periods(in_silence(recorded(phrase)))) == []


@without_key
@pytest.mark.parametrize("size_bytes", [1, 999, 40_000])
def test_porcupine_hears_the_same_however_the_stream_is_cut(size_bytes: int) -> None:
    stream = in_silence(recorded("computer"))
    expected = listen(open_porcupine(COMPUTER, None), periods(stream))

    assert listen(open_porcupine(COMPUTER, None), pieces(stream, size_bytes)) == expected
    assert len(expected) == 1


@without_key
def test_porcupine_forgets_half_a_word_when_reset() -> None:
    detector = open_porcupine(COMPUTER, None)
    word = recorded("computer")
    half = len(word) // 4 * 2

    listen(detector, periods(in_silence(word[:half], tail_s=0)))
    detector.reset()

    assert listen(detector, periods(in_silence(word[half:], lead_s=0))) == []


@without_key
def test_porcupine_can_be_closed_twice_and_then_refuses_to_listen() -> None:
    detector = open_porcupine(COMPUTER, None)

    detector.close()
    detector.close()

    with pytest.raises(WakeEngineError, match="porcupine: failed with"):
        detector.detect(bytes(4096))
