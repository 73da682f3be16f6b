"""Hands on the whole daemon: switch, knob, talk button, the long hold, and mute over restarts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import gpiozero
import pytest

from myna.config import ConversationSettings
from myna.conversation.events import MuteAsked, RingAsked
from myna.conversation.states import Muted
from myna.demo.stage import PICTURE
from myna.simulator.script import Speech
from myna.simulator.sounds import tone
from myna.simulator.state import State
from myna_hardware.interfaces import MuteListener
from myna_hardware.mute_switch.simulated import SimulatedMuteSwitch
from myna_hardware.settings import (
    ButtonSettings,
    CameraSettings,
    KnobSettings,
    MuteSwitchSettings,
)
from myna_hardware.units import bytes_for, frames_for, frames_in
from support.cli import Home, simulated
from support.gpio import MockBoard
from support.scene import Scene, scene, turn
from support.speech import recorded

SHORT: Final = Speech(tone(440, 0.3))
LONG: Final = Speech(tone(440, 6.0))
TALK: Final = ButtonSettings(driver="simulated", pin=27, mode="talk")
MARK: Final = b"\x11\x11"
"""A sample that no recording holds twice in a row."""


def shown(on: Scene) -> list[str]:
    return [pattern.value for pattern in on.lights.history]


def said_since_start(frames: int) -> Callable[[State], bool]:
    return lambda state: any(one.heard_frames >= frames for one in state.connections)


async def talks_to_the_server(on: Scene) -> None:
    """Press, and wait until the microphone is heard there."""
    on.button.press()
    await on.server.state.wait_for(said_since_start(1))


async def so_far(is_so: Callable[[], bool]) -> None:
    """Wait until the world, which says nothing of itself, has come so far."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - a device and a process have no events
            await asyncio.sleep(0.01)


def home_of(folder: Path) -> Home:
    """Return the account of somebody who commands the daemon of the scene."""
    home = Home(folder)
    home.config.write_text(simulated(folder))
    return home


# --- mute over a restart ----------------------------------------------------------------


async def test_mute_survives_a_restart_and_is_over_when_it_is_over(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        on.button.hold()
        await on.log.wait_state("muted")
    async with scene(tmp_path) as on:
        await on.log.wait("ready")
        assert on.app.body.microphone is None, "it was never opened"
        assert shown(on) == ["starting", "muted"]
        assert len(on.log.of("muted")) == 1
        on.button.hold()
        await on.log.wait("unmuted")
        await talks_to_the_server(on)
    async with scene(tmp_path) as on:
        await on.log.wait("ready")
        assert shown(on) == ["starting", "idle"]
        await talks_to_the_server(on)


async def test_mute_is_assumed_where_nobody_can_tell(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    async with scene(tmp_path) as on:
        await on.log.wait("ready")
        assert on.app.body.microphone is None
        assert "mute" in on.app.health.troubles
        assert shown(on)[-1] == "muted"
        on.button.hold()
        await talks_to_the_server(on)


# --- the mute switch --------------------------------------------------------------------


async def test_mute_switch_ends_a_conversation_at_once_and_nothing_else_unmutes(
    tmp_path: Path,
) -> None:
    home = home_of(tmp_path)
    async with scene(tmp_path, turn(LONG)) as on:
        microphone = on.microphone
        microphone.say(recorded("wake_lamp"))
        await on.log.wait("playback_started")
        on.mute_switch.flip()
        await on.log.wait_state("muted")
        await on.log.wait("session_closed")
        assert microphone.read() == b"", "the device is released"
        refused = await home.myna("unmute")
        assert (refused.code, refused.err) == (
            1,
            "myna: the speaker is muted by its switch: set that back first\n",
        )
        on.button.hold()
        await on.log.wait("earcon", times=len(on.log.of("earcon")) + 1)
        assert on.app.assistant.state == Muted(is_locked=True)
        assert on.log.of("unmuted") == []
        on.mute_switch.flip()
        await on.log.wait_state("idle")
        assert shown(on)[-2:] == ["muted", "idle"]
        await talks_to_the_server(on)
        assert [line["is_muted"] for line in on.log.of("mute_switch")] == [True, False]


async def test_mute_switch_that_is_set_at_the_start_locks_and_is_not_remembered(
    tmp_path: Path,
) -> None:
    set_at_rest = MuteSwitchSettings(driver="simulated", muted_when="open")
    async with scene(tmp_path, mute_switch=set_at_rest) as on:
        await on.log.wait("ready")
        assert on.app.body.microphone is None
        assert on.app.assistant.state == Muted(is_locked=True)
        on.mute_switch.flip()
        await on.log.wait("unmuted")
        on.mute_switch.flip()
        await on.log.wait_state("muted")
    async with scene(tmp_path) as on:
        await on.log.wait("ready")
        assert shown(on) == ["starting", "idle"]


class SetBack(SimulatedMuteSwitch):
    """A switch that is set at first, and set back while the daemon starts."""

    def __init__(self, settings: MuteSwitchSettings) -> None:
        super().__init__(settings)
        self.flip()

    def listen(self, listener: MuteListener) -> None:
        """Listen too late."""
        self.flip()
        super().listen(listener)


async def test_mute_switch_that_is_set_back_during_the_start_locks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("myna_hardware.mute_switch.SimulatedMuteSwitch", SetBack)
    async with scene(tmp_path) as on:
        await on.log.wait("muted")
        await on.log.wait("unmuted")
        await talks_to_the_server(on)


# --- the talk button --------------------------------------------------------------------


async def test_talk_button_is_listened_to_while_it_is_down_and_answered(tmp_path: Path) -> None:
    question = recorded("tell_story")
    async with scene(tmp_path, turn(SHORT), button=TALK) as on:
        on.button.push_down()
        on.microphone.say(question)
        await on.server.state.wait_for(said_since_start(frames_in(question)))
        assert on.log.states()[-1] == "listening", "however long it takes"
        on.button.let_go()
        await on.log.wait("turn_complete")
        received = on.server.state.last.received
        assert on.server.state.last.audio_stream_ends == 1
    assert question[: -bytes_for(1600)] in received
    assert [line["gesture"] for line in on.log.of("button")] == ["talk", "over"]
    assert on.log.of("wake") == []
    assert [line["name"] for line in on.log.of("earcon")].count("wake") == 0


@pytest.mark.parametrize("end_silence_s", [0.5, 0.0], ids=["we tell its end", "the server does"])
async def test_talk_button_that_is_up_lets_nothing_out(
    tmp_path: Path, end_silence_s: float
) -> None:
    question = recorded("tell_story")
    conversation = ConversationSettings(follow_up_s=3.0, end_silence_s=end_silence_s)
    turns = (turn(SHORT), turn(SHORT))
    async with scene(tmp_path, *turns, button=TALK, conversation=conversation) as on:
        for times in (1, 2):
            on.button.push_down()
            on.microphone.say(question)
            await on.server.state.wait_for(said_since_start(times * frames_in(question)))
            on.button.let_go()
            await on.log.wait("turn_complete", times=times)
            await on.log.wait_state("listening", times=times + 1)
            on.microphone.say(MARK * frames_for(0.4))
            await so_far(lambda: MARK * frames_for(0.4) in on.microphone.heard)
        received = on.server.state.last.received
    assert len(on.server.state.connections) == 1
    assert MARK * 100 not in received


async def test_talk_button_shows_pictures_while_it_is_down(tmp_path: Path) -> None:
    eye = CameraSettings(driver="file", path=PICTURE, stills="speaking")
    async with scene(tmp_path, turn(SHORT), button=TALK, camera=eye) as on:
        on.button.push_down()
        await on.log.wait("still_sent")
        on.microphone.say(recorded("tell_story"))
        await on.server.state.wait_for(said_since_start(frames_in(recorded("tell_story"))))
        on.button.let_go()
        await on.log.wait("turn_complete")
    assert not on.lights.scene.is_camera_on


@pytest.mark.parametrize("act", [MuteAsked(), RingAsked("eggs")], ids=["muted", "ringing"])
async def test_talk_button_that_begins_no_conversation_takes_no_pictures(
    tmp_path: Path, act: MuteAsked | RingAsked
) -> None:
    eye = CameraSettings(driver="file", path=PICTURE, stills="speaking")
    async with scene(tmp_path, button=TALK, camera=eye) as on:
        on.app.assistant.post(act)
        await on.log.wait("state")
        on.button.push_down()
        await on.log.wait("button")
        await asyncio.sleep(0.1)  # in which a picture would be taken
        on.button.let_go()
        await on.log.wait("button", times=2)
        assert on.log.of("camera_light") == []


async def test_talk_button_cuts_the_reply(tmp_path: Path) -> None:
    question = recorded("tell_story")
    async with scene(tmp_path, turn(LONG), turn(SHORT), button=TALK) as on:
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("playback_started")
        heard = on.server.state.last.heard_frames
        on.button.push_down()
        await on.log.wait("playback_flushed")
        on.microphone.say(question)
        await on.server.state.wait_for(said_since_start(heard + frames_in(question)))
        on.button.let_go()
        await on.log.wait("turn_complete", times=2)


# --- the knob ---------------------------------------------------------------------------


async def test_knob_changes_the_volume_and_the_lights_show_it(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    knob = KnobSettings(driver="simulated", percent_per_step=5)
    async with scene(tmp_path, knob=knob) as on:
        on.knob.turn(-4)
        assert (await on.log.wait("volume"))["percent"] == 80
        on.knob.turn(1)
        assert (await on.log.wait("volume", times=2))["percent"] == 85
        assert (await home.myna("volume")).out == "85 %\n"
        on.knob.turn(9)
        await on.log.wait("volume", times=3)
        volumes = [seen.scene.volume for seen in on.lights.scenes]
    assert [volume for volume in volumes if volume is not None] == [80, 85, 100]


# --- the long hold ----------------------------------------------------------------------


class Machine:
    """A `systemctl` that answers once it may, and what it was asked."""

    def __init__(self, folder: Path, answer: str) -> None:
        self._folder = folder
        command = folder / "systemctl"
        os.mkfifo(folder / "gate")
        command.write_text(
            f'#!/bin/sh\necho "$$ $*" >> {folder}/asked\nread _ < {folder}/gate\n{answer}\n'
        )
        command.chmod(0o755)

    async def answer(self) -> None:
        """Let the next question be answered; wait until it is asked."""
        async with asyncio.timeout(20):
            await asyncio.to_thread((self._folder / "gate").write_text, "\n")

    def asked(self) -> list[str]:
        """Return what was asked so far."""
        return [line.partition(" ")[2] for line in self._lines()]

    def is_waiting(self) -> bool:
        """Whether a question is still not answered, and its asker is there."""
        return any(Path("/proc", line.split()[0]).exists() for line in self._lines())

    def _lines(self) -> list[str]:
        path = self._folder / "asked"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def machine(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Machine:
    """The machine that is to be switched off; it obeys, unless the test's parameter is said."""
    folder = tmp_path / "machine"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return Machine(folder, getattr(request, "param", "exit 0"))


REFUSES: Final = pytest.mark.parametrize(
    "machine", ["echo 'Access denied' >&2; exit 1"], indirect=True
)


async def hold_until_it_counts_down(on: Scene) -> None:
    """Push the button down for three seconds: it mutes, and takes that back."""
    on.button.push_down()
    on.button.wait(1)
    await on.log.wait_state("muted")
    assert shown(on)[-1] == "muted"
    on.button.wait(2)
    await on.log.wait("unmuted")
    assert shown(on)[-1] == "countdown"


async def test_hold_of_ten_seconds_counts_down_takes_mute_back_and_shuts_down_once(
    tmp_path: Path, machine: Machine
) -> None:
    async with scene(tmp_path) as on:
        await hold_until_it_counts_down(on)
        on.button.wait(7)
        await on.log.wait("button", times=3)
        on.button.let_go()
        on.button.hold(10)
        await on.log.wait("button", times=6)
        await on.log.wait("unmuted", times=2)
        await machine.answer()
        assert [line["gesture"] for line in on.log.of("button")] == [
            *("hold", "countdown", "shutdown") * 2
        ]
        assert shown(on) == ["starting", "idle", "muted", "countdown"]
        assert on.log.states()[-1] == "idle"
    assert machine.asked() == ["poweroff"]
    async with scene(tmp_path) as on:
        assert not on.app.assistant.is_muted, "it was no mute"


@REFUSES
async def test_shutdown_that_is_refused_shows_in_the_status_and_is_survived(
    tmp_path: Path, machine: Machine
) -> None:
    home = home_of(tmp_path)
    async with scene(tmp_path, turn(SHORT)) as on:
        on.button.hold(10)
        await machine.answer()
        await on.log.wait("degraded")
        done = await home.myna("status")
        assert "`systemctl poweroff` refused: Access denied" in done.out
        assert shown(on)[-2:] == ["countdown", "idle"]
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("turn_complete")
        on.button.double_press()
        on.button.hold(10)
        await machine.answer()
        assert machine.asked() == ["poweroff"] * 2


async def test_daemon_that_stops_leaves_no_shutdown_waiting(
    tmp_path: Path, machine: Machine
) -> None:
    async with scene(tmp_path) as on:
        on.button.hold(10)
        await so_far(lambda: bool(machine.asked()))
    assert not machine.is_waiting()


async def test_hold_that_is_let_go_in_the_countdown_changes_nothing(
    tmp_path: Path, machine: Machine
) -> None:
    async with scene(tmp_path) as on:
        await hold_until_it_counts_down(on)
        on.button.wait(6.9)
        on.button.let_go()
        await on.log.wait("button", times=3)
        assert shown(on)[-2:] == ["countdown", "idle"]
        await talks_to_the_server(on)
    assert machine.asked() == []


async def test_hold_of_ten_seconds_only_mutes_where_the_button_shuts_nothing_down(
    tmp_path: Path, machine: Machine
) -> None:
    button = ButtonSettings(driver="simulated", pin=27, shutdown=False)
    async with scene(tmp_path, button=button) as on:
        on.button.hold(10)
        await on.log.wait_state("muted")
        assert [line["gesture"] for line in on.log.of("button")] == ["hold"]
    assert machine.asked() == []


# --- what opens late --------------------------------------------------------------------


async def test_button_that_opens_late_is_missed_told_and_then_obeyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = MockBoard()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", board.pins._factory)
    monkeypatch.setattr("myna_hardware.reopening.RETRY_S", 0.05)
    taker = board.pins.switch("taker", 27, active_high=True)
    async with scene(tmp_path, button=ButtonSettings(driver="gpiozero", pin=27)) as on:
        await on.log.wait("ready")
        assert "GPIO27 is used twice" in on.app.health.troubles["button"]
        assert shown(on)[-1] == "error", "or else one would press in vain"
        taker.close()
        assert (await on.log.wait("recovered"))["what"] == "button"
        assert shown(on)[-1] == "idle"
        board.drive(27, high=False)
        await asyncio.sleep(0.1)  # a hand needs as long
        board.drive(27, high=True)
        await on.log.wait("session_ready")
