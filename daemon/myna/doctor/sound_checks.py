"""Checks of microphone, speaker and wake engine: by the daemon, or with its devices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import msgspec

from myna.audio.gauge import SoundFigures
from myna.doctor.chirp import LoopFigures
from myna.doctor.finding import Finding, fail, skipped
from myna.doctor.listening import OwnSound, measure_loopback, measure_microphone
from myna.doctor.patient import Patient
from myna.doctor.sound import judge_loopback, judge_microphone, judge_wake
from myna.doctor.wake import measure_wake
from myna.errors import CommandError, CredentialError
from myna.live.credentials import find_porcupine_key
from myna.wake.ladder import open_detector
from myna_hardware.errors import HardwareError
from myna_hardware.shared_card import SharedCard

FiguresT = TypeVar("FiguresT")


def microphone(patient: Patient) -> Finding:
    """What the microphone hears of the room."""
    driver = patient.config.microphone.driver
    if driver != "pyaudio" and not patient.is_running:
        return skipped("microphone", f"driver {driver}: nothing to measure")
    if trouble := patient.troubles.get("microphone"):
        return fail("microphone", "microphone-does-not-open", trouble)
    try:
        if patient.is_running:
            figures = _figures(patient.measure("microphone"), SoundFigures)
        else:
            with _own_sound(patient, has_speaker=False) as sound:
                figures = measure_microphone(sound)
    except CommandError as error:
        return skipped("microphone", str(error))
    except HardwareError as error:
        return fail("microphone", "microphone-does-not-open", str(error))
    return judge_microphone(figures)


def loopback(patient: Patient) -> Finding:
    """What the microphone hears of the speaker."""
    drivers = {patient.config.microphone.driver, patient.config.speaker.driver}
    if drivers != {"pyaudio"} and not patient.is_running:
        return skipped("loopback", f"driver {' and '.join(sorted(drivers))}: nothing to measure")
    if trouble := patient.troubles.get("speaker"):
        return fail("loopback", "speaker-does-not-open", trouble)
    try:
        if patient.is_running:
            figures = _figures(patient.measure("loopback"), LoopFigures)
        else:
            with _own_sound(patient, has_speaker=True) as sound:
                figures = measure_loopback(sound)
    except CommandError as error:
        return skipped("loopback", str(error))
    except HardwareError as error:
        return fail("loopback", "speaker-does-not-open", str(error))
    return judge_loopback(figures)


def wake(patient: Patient) -> Finding:
    """How fast and how keen the wake engine is."""
    settings = patient.config.wake
    if settings.engine == "none":
        return skipped("wake engine", "none is configured: the button starts conversations")
    try:
        key = find_porcupine_key(settings, patient.environ)
    except CredentialError:
        key = None  # the ladder says what comes of it
    choice = open_detector(settings, key.reveal() if key else None)
    if choice.detector is None:
        reasons = "; ".join(str(error) for error in choice.refused)
        return fail("wake engine", "wake-engine-is-missing", reasons)
    try:
        return judge_wake(measure_wake(choice.detector))
    finally:
        choice.detector.close()


CHECKS: Final = (microphone, loopback, wake)


def _figures(answer: dict[str, object], kind: type[FiguresT]) -> FiguresT | None:
    """Read the daemon's figures; None where it had none."""
    told = answer["figures"]
    return None if told is None else msgspec.convert(told, kind)


@contextmanager
def _own_sound(patient: Patient, *, has_speaker: bool) -> Iterator[OwnSound]:
    """Open the devices as the daemon does."""
    card = SharedCard(patient.config.microphone, patient.config.speaker)
    try:
        microphone = card.open_microphone(1)
    except HardwareError as error:
        if has_speaker:
            raise CommandError("the microphone comes first") from error
        raise
    try:
        speaker = card.open_speaker(1) if has_speaker else None
    except HardwareError:
        microphone.close()
        raise
    sound = OwnSound(microphone, speaker)
    try:
        yield sound
    finally:
        sound.close()
