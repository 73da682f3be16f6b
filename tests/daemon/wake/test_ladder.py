from __future__ import annotations

import json
import subprocess
import sys

import pytest

from myna.config import WakeSettings
from myna.wake.ladder import Choice, open_detector
from myna.wake.porcupine import runs_without_key
from support.speech import in_silence, listen, periods, recorded

KEY = "SECRETSECRET"

pytestmark = pytest.mark.skipif(
    runs_without_key(), reason="Porcupine 1, which needs no key, changes every step"
)

WITHOUT_LIBRARIES = """
import json, sys
sys.modules.update(dict.fromkeys({missing!r}))  # each of them now raises ImportError
from myna.config import WakeSettings
from myna.wake.ladder import open_detector
choice = open_detector(WakeSettings(engine={engine!r}), {key!r})
print(json.dumps([choice.engine, [str(error) for error in choice.refused]]))
"""


def refusals(choice: Choice) -> list[str]:
    """Return the engines passed over; each has one line."""
    assert all("\n" not in str(error) for error in choice.refused)
    return [error.engine for error in choice.refused]


def climb_without(
    *missing: str, engine: str = "auto", key: str | None = None
) -> tuple[str, list[str]]:
    """Climb in a process in which the libraries `missing` are not installed."""
    code = WITHOUT_LIBRARIES.format(missing=missing, engine=engine, key=key)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    chosen, refused = json.loads(done.stdout)
    return chosen, refused


def test_ladder_takes_micro_without_a_key() -> None:
    choice = open_detector(WakeSettings(), None)

    assert choice.engine == "micro"
    assert choice.refused == ()
    assert choice.detector is not None
    assert choice.detector.engine == "micro"
    assert choice.detector.words == ("okay_nabu",)
    heard = listen(choice.detector, periods(in_silence(recorded("wake_lamp"))))
    assert [each.word for each in heard] == ["okay_nabu"]


def test_ladder_steps_down_to_micro_when_the_key_is_bad() -> None:
    choice = open_detector(WakeSettings(words=("alexa",)), KEY)

    assert (choice.engine, refusals(choice)) == ("micro", ["porcupine"])
    [error] = choice.refused
    assert KEY not in f"{choice} {error} {error!r}"
    assert (error.__cause__, error.__context__, error.__traceback__) == (None, None, None)


def test_ladder_steps_down_to_micro_when_porcupine_does_not_know_the_word() -> None:
    choice = open_detector(WakeSettings(), KEY)

    assert (choice.engine, refusals(choice)) == ("micro", ["porcupine"])
    assert "knows no word okay_nabu" in str(choice.refused[0])


def test_ladder_steps_down_to_open_when_only_open_knows_the_word() -> None:
    choice = open_detector(WakeSettings(words=("hey_rhasspy",)), None)

    assert (choice.engine, refusals(choice)) == ("open", ["micro"])
    assert choice.detector is not None
    heard = listen(choice.detector, periods(in_silence(recorded("hey_rhasspy"), tail_s=2.0)))
    assert [each.word for each in heard] == ["hey_rhasspy"]


def test_ladder_ends_at_the_button_when_no_engine_knows_the_word() -> None:
    choice = open_detector(WakeSettings(words=("hey_nobody",)), KEY)

    assert (choice.engine, choice.detector) == ("none", None)
    assert refusals(choice) == ["porcupine", "micro", "open"]


def test_ladder_opens_nothing_when_the_engine_is_none() -> None:
    assert open_detector(WakeSettings(engine="none"), KEY) == Choice(None, "none", ())


@pytest.mark.parametrize("engine", ["micro", "open"])
def test_ladder_takes_the_engine_that_is_asked_for(engine: str) -> None:
    settings = WakeSettings(engine="micro" if engine == "micro" else "open")

    choice = open_detector(settings, KEY)

    assert (choice.engine, choice.refused) == (engine, ())


def test_ladder_does_not_step_down_when_an_engine_is_asked_for() -> None:
    choice = open_detector(WakeSettings(engine="porcupine", words=("alexa",)), None)

    assert (choice.engine, choice.detector, refusals(choice)) == ("none", None, ["porcupine"])


def test_ladder_steps_down_when_a_library_is_not_installed() -> None:
    engine, refused = climb_without("pymicro_wakeword")

    assert engine == "open"
    assert refused == [
        "wake engine micro: pymicro-wakeword does not load: pip install pymicro-wakeword"
    ]


def test_ladder_ends_at_the_button_when_no_library_is_installed() -> None:
    engine, refused = climb_without("pvporcupine", "pymicro_wakeword", "pyopen_wakeword", key=KEY)

    assert engine == "none"
    assert refused == [
        "wake engine porcupine: pvporcupine is not installed: pip install pvporcupine",
        "wake engine micro: pymicro-wakeword does not load: pip install pymicro-wakeword",
        "wake engine open: pyopen-wakeword does not load: pip install pyopen-wakeword",
    ]


def test_ladder_loads_no_engine_that_it_does_not_try() -> None:
    assert climb_without("pvporcupine", "pyopen_wakeword") == ("micro", [])
