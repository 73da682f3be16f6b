"""Parts that are chosen by what is found: the beginning, and the lights that cannot lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from myna.building.conduct import beginning_of
from myna.building.eyes import build_telltales
from myna.conversation.states import Idle, Muted
from myna.health import Health
from myna.mute_memory import MuteMemory
from myna.trace import Trace
from myna_hardware.kept import KeptMuteSwitch
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.mute_switch.simulated import SimulatedMuteSwitch
from myna_hardware.settings import LightsSettings, MuteSwitchSettings


def begin(folder: Path, *, is_switch_set: bool = False) -> tuple[Idle | Muted, Health]:
    health = Health(Trace())
    switch = SimulatedMuteSwitch(MuteSwitchSettings(driver="simulated"))
    if is_switch_set:
        switch.flip()
    try:
        return beginning_of(switch, MuteMemory(folder), health), health
    finally:
        switch.close()


@pytest.mark.parametrize(
    ("was_muted", "is_switch_set", "beginning"),
    [
        (False, False, Idle()),
        (True, False, Muted()),
        (False, True, Muted(is_locked=True)),
        (True, True, Muted(is_locked=True)),
    ],
)
def test_beginning_is_muted_by_memory_and_locked_by_the_switch(
    tmp_path: Path, was_muted: bool, is_switch_set: bool, beginning: Idle | Muted
) -> None:
    MuteMemory(tmp_path).remember(is_muted=was_muted)
    begun, health = begin(tmp_path, is_switch_set=is_switch_set)
    assert begun == beginning
    assert health.troubles == {}


def test_beginning_is_muted_and_says_why_when_nobody_can_tell(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    begun, health = begin(tmp_path / "state")
    assert begun == Muted()
    assert "nobody can tell whether it was muted" in health.troubles["mute"]
    assert str(tmp_path / "state") in health.troubles["mute"]


def test_beginning_is_locked_whatever_the_memory(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    assert begin(tmp_path / "state", is_switch_set=True)[0] == Muted(is_locked=True)


def test_beginning_goes_by_memory_where_the_switch_does_not_open(tmp_path: Path) -> None:
    memory = MuteMemory(tmp_path)
    assert beginning_of(KeptMuteSwitch(), memory, Health(Trace())) == Idle()
    memory.remember(is_muted=True)
    assert beginning_of(KeptMuteSwitch(), memory, Health(Trace())) == Muted()


def test_telltales_light_a_light_each_and_are_traced_once_it_is_so() -> None:
    lights = SimulatedLights(LightsSettings(driver="simulated", pin=17))
    story: list[tuple[str, object, bool, bool]] = []
    trace = Trace()

    def note(_t: float, event: str, fields: dict[str, object]) -> None:
        scene = lights.scene
        story.append((event, fields["is_on"], scene.is_microphone_on, scene.is_camera_on))

    trace.subscribe(lambda t, event, fields: note(t, event, dict(fields)))
    microphone, camera = build_telltales(lights, trace)
    microphone.hold("uplink")
    camera.hold("still")
    microphone.let_go("uplink")
    camera.let_go("still")
    lights.close()
    assert story == [
        ("microphone_light", True, True, False),
        ("camera_light", True, True, True),
        ("microphone_light", False, False, True),
        ("camera_light", False, False, False),
    ]
