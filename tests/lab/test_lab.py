"""The real daemon on a kernel of its own; see README.md. One boot serves all tests."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import wave
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

LAB: Final = Path(__file__).parent
QUESTION: Final = LAB.parents[1] / "daemon/myna/demo/speech/look.wav"
TONE_HZ: Final = 440
"""What the simulated server of story/dialogue.toml replies."""

Finding = dict[str, Any]

pytestmark = pytest.mark.lab


class Lab:
    """What a boot has left: a finding per scene of the story, and the recording."""

    def __init__(self, share: Path) -> None:
        self.share = share
        findings = share / "findings.jsonl"
        if not findings.exists():
            console = (share / "console.log").read_text(errors="replace")
            pytest.fail(f"the story was not played; the console:\n{console}", pytrace=False)
        lines = findings.read_text().splitlines()
        self._findings = {finding["scene"]: finding for finding in map(json.loads, lines)}

    def finding(self, scene: str) -> Finding:
        """Return what `scene` found; where it broke off, its reason is that of the test."""
        finding: Finding = self._findings.get(scene, {"broke_off": "it was not played"})
        if "broke_off" in finding:
            pytest.fail(f"the scene {scene} broke off: {finding['broke_off']}", pytrace=False)
        return finding


def run_script(name: str, *words: str) -> None:
    done = subprocess.run([LAB / name, *words], check=False, stderr=subprocess.PIPE, text=True)  # noqa: S603
    if done.returncode == 77:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    # Not pytest's folder: the kernel takes no path with a space, and no long one.
    share = Path(tempfile.mkdtemp(prefix="myna-lab-"))
    shutil.copytree(LAB.parent, share / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(QUESTION, share)
    run_script("prepare.sh")
    run_script("boot.sh", str(share))
    yield Lab(share)
    shutil.rmtree(share)


def tone_s(recording: Path, hz: float) -> float:
    """Return for how long nearly all that is heard is a sine of `hz`."""
    with wave.open(str(recording)) as opened:
        rate_hz = opened.getframerate()
        pcm = opened.readframes(opened.getnframes())
    window_s = 0.05
    frames = round(window_s * rate_hz)
    samples = np.frombuffer(pcm, dtype="<i2").astype(float)
    windows = samples[: len(samples) // frames * frames].reshape(-1, frames)
    turn = np.exp(2j * np.pi * hz / rate_hz * np.arange(frames))
    in_tone = 2 * np.abs(windows @ turn) ** 2 / frames
    in_all = (windows**2).sum(axis=1)
    is_tone = (in_all > frames * 100**2) & (in_tone > 0.9 * in_all)
    return float(is_tone.sum()) * window_s


def test_systemd_is_pid_1_and_nothing_failed(lab: Lab) -> None:
    boot = lab.finding("boot")
    assert boot["pid_1"] == "systemd"
    assert (boot["state"], boot["failed"]) == ("running", "")


def test_the_service_of_install_sh_runs_as_its_own_user(lab: Lab) -> None:
    service = lab.finding("boot")["service"]
    # Trixie's systemd is newer than 253.
    assert (service["Type"], service["User"]) == ("notify-reload", "myna")
    assert (service["ActiveState"], service["SubState"]) == ("active", "running")
    assert service["StatusText"] == "ready"


def test_a_started_daemon_has_no_trouble(lab: Lab) -> None:
    assert lab.finding("boot")["troubles"] == {}


def test_the_wake_word_is_heard_through_the_sound_card(lab: Lab) -> None:
    spoken = lab.finding("wake_word")
    assert spoken["wake"]["word"] == "okay_nabu"
    assert spoken["session"]["t"] > spoken["wake"]["t"]


def test_a_tool_of_the_model_turns_the_lamp_s_pin_on(lab: Lab) -> None:
    spoken = lab.finding("wake_word")
    assert spoken["tool_result"]["ok"]
    assert (spoken["lamp_before"], spoken["lamp_after"]) == (0, 1)


def test_the_reply_is_heard_through_the_sound_card(lab: Lab) -> None:
    lab.finding("wake_word")
    # One second was spoken; a busy host costs some of its windows.
    assert 0.6 <= tone_s(lab.share / "reply.wav", TONE_HZ) <= 1.05


def test_a_press_of_the_pin_starts_a_conversation(lab: Lab) -> None:
    pressed = lab.finding("button")
    assert pressed["press"]["gesture"] == "press"
    assert (pressed["state"]["from"], pressed["state"]["to"]) == ("idle", "connecting")


def test_the_light_tells_listening_from_idle(lab: Lab) -> None:
    assert lab.finding("boot")["dark_s"] > 2
    assert lab.finding("button")["dark_s"] < 0.5


def test_a_picture_of_the_kernel_s_camera_reaches_the_server(lab: Lab) -> None:
    looked = lab.finding("button")
    assert looked["still"]["bytes"] > 1000
    assert looked["tool_result"]["ok"]
    # The server replies to nothing but a JPEG.
    assert looked["reply"]["t"] > looked["still"]["t"]


def test_a_killed_daemon_is_started_again(lab: Lab) -> None:
    service = lab.finding("crash")["service"]
    assert (service["ActiveState"], service["NRestarts"]) == ("active", "1")


def test_a_killed_daemon_s_lamp_is_off_before_there_is_another(lab: Lab) -> None:
    crash = lab.finding("crash")
    assert crash["lamp_before"] == 1
    assert crash["state_when_safe"]["SubState"] in {"stop-post", "auto-restart"}
    assert crash["lamp_after"] == 0


def test_a_line_that_another_program_has_costs_only_the_button(lab: Lab) -> None:
    taken = lab.finding("line_taken")
    assert taken["service"]["ActiveState"] == "active"
    assert list(taken["troubles"]) == ["button"]
    assert "another program holds GPIO27" in taken["troubles"]["button"]
    assert "! button" in taken["status"]


def test_the_button_comes_back_when_its_line_is_free_again(lab: Lab) -> None:
    taken = lab.finding("line_taken")
    assert taken["pressed"]["gesture"] == "press"
    assert taken["troubles_later"] == {}


def test_a_muted_daemon_lets_go_of_the_sound_card(lab: Lab) -> None:
    # The story waits until the kernel says that the stream is closed.
    assert lab.finding("mute")["capture_before"] == "state: RUNNING"


def test_the_light_of_a_muted_daemon_is_never_dark(lab: Lab) -> None:
    assert lab.finding("mute")["dark_s"] < 0.5


def test_mute_outlives_a_restart_of_the_service(lab: Lab) -> None:
    muted = lab.finding("mute")
    assert (muted["state"], muted["capture"]) == ("muted", "closed")


def test_a_reload_changes_what_it_can_and_refuses_what_is_wrong(lab: Lab) -> None:
    reloaded = lab.finding("reload")
    assert reloaded["before"]["MainPID"] == reloaded["after"]["MainPID"]
    assert reloaded["after"]["ActiveState"] == "active"
    assert "speaker.volumen" in reloaded["troubles"]["configuration"]


def test_contracts_hold_on_the_kernel_s_pins(lab: Lab) -> None:
    printed = lab.finding("contracts")["printed"]
    suite = ET.parse(lab.share / "contracts.xml").getroot()[0]  # noqa: S314 - pytest wrote it
    assert (suite.get("errors"), suite.get("failures"), suite.get("skipped")) == ("0",) * 3, printed
    judged = {str(case.get("classname")) for case in suite.iter("testcase")}
    assert judged == {f"contracts.test_{part}_contract" for part in ("button", "lights", "outputs")}
