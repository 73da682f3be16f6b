"""`myna doctor`, beside the daemon and without one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from myna.simulator.options import Options
from myna_hardware.settings import CameraSettings, MicrophoneSettings, SpeakerSettings
from support.canary import found_in
from support.cli import Done, Home, simulated
from support.scene import KEY, scene
from support.sound_server import SoundServer

BIRD = Path(__file__).parents[2] / "daemon/myna/demo/bird.jpg"
Findings = dict[str, dict[str, Any]]


def findings_of(done: Done) -> Findings:
    return {each["part"]: each for each in json.loads(done.out)}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.config.write_text(simulated(tmp_path))
    return home


def at(endpoint: str) -> tuple[str, str]:
    return "--set", f"live.endpoint={endpoint}"


async def test_doctor_asks_the_daemon_for_what_it_holds(home: Home) -> None:
    camera = CameraSettings(driver="file", path=BIRD)
    async with scene(home.folder, camera=camera) as on:
        words = (*at(on.config.live.endpoint), "--set", "camera.driver=simulated")
        done = await home.myna("doctor", "--json", *words)
        found = findings_of(done)
        closed = on.server.state.last.closed
    assert found["key"]["measured"].startswith("a session opened in ")
    assert closed is not None
    assert closed.code == 1000
    assert found["network"]["verdict"] == "ok"
    assert found["microphone"]["anchor"].endswith("#microphone-gives-silence"), "nobody speaks"
    assert found["loopback"]["anchor"].endswith("#speaker-is-not-heard"), "no air between them"
    assert found["camera"]["verdict"] == "ok"
    assert f"{BIRD.stat().st_size / 1000:.0f} kB" in found["camera"]["measured"]
    assert found["mute switch"]["verdict"] == "ok"
    assert found["wake engine"]["verdict"] == "ok"
    assert done.code == 1, "a microphone that gives silence does not work"
    assert found_in({"doctor": done.out + done.err}, KEY) == {}


async def test_doctor_tells_what_troubles_the_daemon(home: Home) -> None:
    async with scene(home.folder, options=Options(accepted_key="another")) as on:
        for part in ("lights", "microphone", "speaker", "button"):
            on.app.health.degrade(part, "it is off: plug it in")
        found = findings_of(await home.myna("doctor", "--json", *at(on.config.live.endpoint)))
    assert found["key"]["anchor"].endswith("#key-is-refused")
    assert found["lights"]["measured"] == "it is off: plug it in"
    assert found["lights"]["anchor"].endswith("#daemon-is-in-trouble")
    assert found["button"]["anchor"].endswith("#daemon-is-in-trouble")
    assert found["microphone"]["anchor"].endswith("#microphone-does-not-open")
    assert found["loopback"]["anchor"].endswith("#speaker-does-not-open")


async def test_doctor_leaves_a_conversation_and_a_muted_microphone_alone(home: Home) -> None:
    async with scene(home.folder) as on:
        assert (await home.myna("mute")).code == 0
        await on.log.wait("muted")
        found = findings_of(await home.myna("doctor", "--json", *at(on.config.live.endpoint)))
    for part in ("microphone", "loopback"):
        assert found[part]["verdict"] == "skipped"
        assert "ask again at rest" in found[part]["measured"]
    assert found["mute switch"]["anchor"].endswith("#microphone-is-muted")


async def test_doctor_examines_a_machine_on_which_nothing_runs(home: Home) -> None:
    done = await home.myna("doctor", "--json")
    found = findings_of(done)
    assert found["network"]["anchor"].endswith("#server-is-not-reached")
    assert found["key"]["anchor"].endswith("#key-is-missing")
    assert found["microphone"]["verdict"] == "skipped"
    assert done.code == 1


async def test_doctor_tells_that_there_is_no_sound_card(home: Home) -> None:
    home.config.write_text("")
    silent = {"PULSE_SERVER": f"unix:{home.folder}/none", "XDG_RUNTIME_DIR": str(home.folder)}
    found = findings_of(await Home(home.folder, silent).myna("doctor", "--json"))
    assert found["microphone"]["anchor"].endswith("#microphone-does-not-open")
    assert found["loopback"]["measured"] == "the microphone comes first"


async def test_doctor_s_table_names_parts_measures_and_cures(home: Home) -> None:
    done = await home.myna("doctor")
    assert done.code == 1
    assert done.out.splitlines()[-1].endswith("of these do not work.")
    for words in ("wake engine", "no API key", "umask 077", "#key-is-missing"):
        assert words in done.out


async def test_doctor_tells_a_wrong_configuration_and_goes_on(home: Home) -> None:
    home.config.write_text('[speaker]\nvolume = "loud"\n')
    done = await home.myna("doctor", "--json")
    found = findings_of(done)
    assert found["configuration"]["anchor"].endswith("#configuration-is-wrong")
    assert "speaker.volume" in found["configuration"]["measured"]
    assert "wake engine" in found
    assert done.code == 1


async def test_doctor_opens_the_sound_devices_while_no_daemon_has_them(
    home: Home, sound_server: SoundServer
) -> None:
    home.config.write_text("")
    alone = Home(home.folder, sound_server.env)
    with sound_server.loop(latency_ms=80, loss_db=12):
        found = findings_of(await alone.myna("doctor", "--json"))
    assert found["loopback"]["verdict"] == "ok"
    assert "echo return loss 12 dB" in found["loopback"]["measured"]
    assert found["microphone"]["anchor"].endswith("#microphone-gives-silence")


async def test_daemon_plays_the_chirp_and_hears_it(home: Home, sound_server: SoundServer) -> None:
    ears, mouth = MicrophoneSettings(), SpeakerSettings(volume=100)
    with sound_server.loop(latency_ms=80, loss_db=12):
        async with scene(home.folder, microphone=ears, speaker=mouth) as on:
            await on.log.wait("ready")
            found = findings_of(await home.myna("doctor", "--json", *at(on.config.live.endpoint)))
    assert found["loopback"]["verdict"] == "ok", found["loopback"]["measured"]
    assert "echo return loss 12 dB" in found["loopback"]["measured"]
