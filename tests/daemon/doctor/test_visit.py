"""The whole visit, and the table in which it is printed."""

from __future__ import annotations

import socket
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from myna.cli.findings import show
from myna.config import Config, ControlSettings, LiveSettings, StateSettings
from myna.control.client import ask
from myna.doctor import patient as patients
from myna.doctor import visit as visiting
from myna.doctor.finding import Finding, fail, ok, skipped, warn
from myna.doctor.patient import Patient
from myna.doctor.visit import visit
from myna.redaction import MASK
from myna_hardware.settings import (
    CameraSettings,
    LightsSettings,
    MicrophoneSettings,
    SpeakerSettings,
)

KEY = "AIzaTestCanaryKey0123456789"


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    """Return a speaker of simulated devices, of which nothing runs."""
    config = Config(
        live=LiveSettings(endpoint="ws://127.0.0.1:9"),
        microphone=MicrophoneSettings(driver="simulated"),
        speaker=SpeakerSettings(driver="simulated"),
        lights=LightsSettings(driver="simulated", pin=17),
        camera=CameraSettings(driver="simulated"),
        state=StateSettings(dir=tmp_path),
        control=ControlSettings(socket=tmp_path / "none.sock"),
    )
    return Patient(config, {"GEMINI_API_KEY": KEY})


def test_every_check_finds_something_about_its_part(patient: Patient) -> None:
    found = {each.part: each for each in visit(patient)}
    assert len(found) == len(visiting.CHECKS)
    assert found["network"].ailment == "server-is-not-reached"
    assert found["key"].verdict == "skipped", "the network comes first"
    assert found["microphone"].verdict == found["loopback"].verdict == "skipped"
    assert found["wake engine"].verdict == "ok"
    assert found["camera"].ailment == "camera-sees-nothing"
    assert "doctor-stumbled" not in {each.ailment for each in found.values()}


def test_check_that_stumbles_hides_no_other_finding(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def the_moon(_patient: Patient) -> Finding:
        raise ZeroDivisionError("it is new")

    def fine(_patient: Patient) -> Finding:
        return ok("sun", "it shines")

    monkeypatch.setattr(visiting, "CHECKS", (the_moon, fine))
    stumbled, sun = visit(patient)
    assert (stumbled.part, stumbled.ailment) == ("the moon", "doctor-stumbled")
    assert stumbled.measured == "ZeroDivisionError: it is new"
    assert sun.verdict == "ok"


def printed(*findings: Finding) -> str:
    screen = StringIO()
    assert show(findings, Console(file=screen, width=120)) == list(findings)
    return screen.getvalue()


def test_table_has_measures_cures_and_anchors() -> None:
    text = printed(warn("key", "key-is-missing", "no [bold]key"), skipped("disk", "none"))
    for words in ("no [bold]key", "umask 077", "#key-is-missing", "skipped", "1 of these could be"):
        assert words in text


def test_table_masks_keys() -> None:
    text = printed(fail("key", "key-is-refused", f"refused {KEY}"))
    assert KEY not in text
    assert MASK in text
    assert "1 of these do not work." in text


def test_table_says_that_all_is_well() -> None:
    assert printed(ok("disk", "empty")).endswith("All is well.\n")


def test_hung_daemon_is_told_and_its_devices_are_left_alone(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patients, "ask", partial(ask, timeout_s=0.05))
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "none.sock"))
        deaf.listen()
        found = {each.part: each for each in visit(patient)}
    assert found["daemon"].ailment == "daemon-does-not-answer"
    for part in ("microphone", "loopback", "key", "camera"):
        assert found[part].verdict == "skipped"
        assert "did not answer" in found[part].measured
