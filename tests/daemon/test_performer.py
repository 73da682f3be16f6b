"""Deeds that may fail: remembering mute, and switching off."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from myna.audio.capture import Capture
from myna.audio.earcon_policy import EarconRules
from myna.audio.playback import Playback
from myna.audio.signals import Signals
from myna.audio.words import Words
from myna.conversation import effects as do
from myna.echo.branches import Echo
from myna.echo.duplex import Duplex
from myna.health import Health
from myna.mute_memory import MuteMemory
from myna.performer import Parts, Performer
from myna.timers.clocks import local_time
from myna.trace import Trace
from myna_hardware.microphone.simulated import SimulatedMicrophone
from myna_hardware.speaker.simulated import SimulatedSpeaker


class Stage:
    """A performer whose microphone, sounds, disk and books are real."""

    def __init__(self, folder: Path) -> None:
        self.events: list[str] = []
        trace = Trace()
        trace.subscribe(
            lambda _t, event, fields: self.events.append(" ".join([event, *named(fields)]))
        )
        self.health = Health(trace)
        self.memory = MuteMemory(folder)
        echo = Echo(Duplex("none"), None, None)
        playback = Playback(lambda _periods: SimulatedSpeaker(), lambda _event: None, 50)
        absent: Any = None
        parts = Parts(
            capture=Capture(
                lambda _periods: SimulatedMicrophone(), Words(None), lambda _event: None, echo
            ),
            playback=playback,
            signals=Signals(playback, EarconRules(), local_time),
            link=absent,
            tools=absent,
            consent=absent,
            stills=absent,
            meter=absent,
            health=self.health,
            trace=trace,
            echo=echo,
            mute_memory=self.memory,
            timers=absent,
        )
        self.performer = Performer(parts, lambda _event: None, limit_s=60)


def named(fields: Mapping[str, object]) -> list[str]:
    return [str(fields[key]) for key in ("name", "what") if key in fields]


# --- mute -------------------------------------------------------------------------------


def test_mute_is_remembered_until_the_microphone_opens(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.performer.perform(do.CloseMicrophone(is_remembered=True))
    assert stage.memory.recall()
    stage.performer.perform(do.OpenMicrophone())
    assert not stage.memory.recall()
    assert stage.events == ["muted", "unmuted"]


@pytest.mark.parametrize("was_muted", [True, False])
def test_mute_of_the_switch_leaves_the_memory_as_it_is(tmp_path: Path, was_muted: bool) -> None:
    stage = Stage(tmp_path)
    stage.memory.remember(is_muted=was_muted)
    stage.performer.perform(do.CloseMicrophone(is_remembered=False))
    assert stage.memory.recall() is was_muted
    assert stage.events == ["muted"]


def test_mute_that_cannot_be_remembered_is_told_and_kept_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.write_text("a file")
    stage = Stage(folder)
    stage.performer.perform(do.CloseMicrophone(is_remembered=True))
    assert stage.events == ["degraded mute", "muted"]
    why = stage.health.troubles["mute"]
    assert why.startswith("a restart will not remember it: ")
    assert why.endswith(": check state.dir")
    folder.unlink()
    stage.performer.perform(do.OpenMicrophone())
    assert stage.health.troubles == {}


# --- power ------------------------------------------------------------------------------


Asked = Callable[[], list[str]]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Put a systemctl there that refuses; return what tells what it was asked."""
    asked = tmp_path / "asked"
    command = tmp_path / "bin" / "systemctl"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\necho "$*" >> {asked}\necho "Access denied" >&2\nexit 1\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    return lambda: asked.read_text().splitlines()


async def test_shutdown_that_is_refused_is_told_heard_and_may_be_tried_again(
    tmp_path: Path, asked: Asked
) -> None:
    stage = Stage(tmp_path / "state")
    for times in (1, 2):
        refused = asyncio.Event()
        stage.performer.shut_down(refused.set)
        stage.performer.shut_down(refused.set)
        async with asyncio.timeout(10):
            await refused.wait()
        await asyncio.sleep(0)
        assert asked() == ["poweroff"] * times
    assert stage.health.troubles == {"shutdown": "`systemctl poweroff` refused: Access denied"}
    assert stage.events == ["degraded shutdown", "earcon error", "earcon error"]
