"""Stand-ins: what was asked of a missing device is done by the one that comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.button.simulated import SimulatedButton
from myna_hardware.errors import DeviceBusyError, DeviceLostError, HardwareError
from myna_hardware.interfaces import Gesture, Lights, Pattern, TroubleListener
from myna_hardware.kept import (
    KeptButton,
    KeptKnob,
    KeptLights,
    KeptMuteSwitch,
    KeptOutputs,
)
from myna_hardware.knob.simulated import SimulatedKnob
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.mute_switch.simulated import SimulatedMuteSwitch
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.settings import (
    ButtonSettings,
    KnobSettings,
    LightsSettings,
    MuteSwitchSettings,
    OutputSettings,
)

Asked = Pattern | tuple[str, bool]

ASKED: st.SearchStrategy[list[Asked]] = st.lists(
    st.one_of(
        st.sampled_from(Pattern),
        st.tuples(st.sampled_from(("microphone", "camera")), st.booleans()),
    ),
    max_size=8,
)


class AilingLights(SimulatedLights):
    """Lights whose trouble a test can tell."""

    tell: TroubleListener

    def watch(self, listener: TroubleListener) -> None:
        """Keep the listener."""
        self.tell = listener


def lights() -> AilingLights:
    return AilingLights(LightsSettings(driver="simulated", pin=17))


def brightest(seen: SimulatedLights) -> float:
    return max(max(colour) for colour in seen.drawings[-1].colours)


def ask(of: Lights, asked: Asked) -> None:
    match asked:
        case Pattern():
            of.show(asked)
        case ("microphone", is_on):
            of.light_microphone(is_on=is_on)
        case (_, is_on):
            of.light_camera(is_on=is_on)


@given(before=ASKED, after=ASKED)
def test_lights_adopted_at_any_time_show_what_those_there_from_the_start_do(
    before: list[Asked], after: list[Asked]
) -> None:
    early, late, kept = lights(), lights(), KeptLights()
    try:
        for asked in before:
            ask(early, asked)
            ask(kept, asked)
        kept.adopt(late)
        assert late.scene == early.scene
        for asked in after:
            ask(early, asked)
            ask(kept, asked)
            assert late.scene == early.scene
    finally:
        early.close()
        late.close()


def test_lights_of_which_nothing_was_asked_stay_dark_when_adopted() -> None:
    device, kept = lights(), KeptLights()
    kept.adopt(device)
    device.close()
    assert device.history == []


def test_levels_reach_the_lights_once_they_are_there() -> None:
    device, kept = lights(), KeptLights()
    kept.show_level(0.25)
    kept.show_volume(10)
    kept.adopt(device)
    kept.show(Pattern.LISTENING)
    kept.show_level(0.75)
    kept.show_volume(20)
    kept.close()
    kept.show(Pattern.IDLE)
    device.close()
    assert list(device.levels) == [0.75]
    assert device.history == [Pattern.LISTENING, Pattern.IDLE], "closed by who opened it"


@pytest.mark.parametrize("is_early", [True, False])
def test_lights_are_dimmed_before_or_after_they_are_there(is_early: bool) -> None:
    device, bright, kept = lights(), lights(), KeptLights()
    for shown in (bright, kept):
        shown.show(Pattern.LISTENING)
    if not is_early:
        kept.adopt(device)
    kept.dim(LightsSettings(brightness=40))
    if is_early:
        kept.adopt(device)
    assert 0 < brightest(device) < brightest(bright) / 2
    device.close()
    bright.close()


@pytest.mark.parametrize("is_early", [True, False])
def test_trouble_of_lights_is_told_to_who_watched_before_or_after(is_early: bool) -> None:
    device, kept, told = lights(), KeptLights(), list[HardwareError | None]()
    if is_early:
        kept.watch(told.append)
    kept.adopt(device)
    if not is_early:
        kept.watch(told.append)
    lost = DeviceLostError("lights", "unplugged")
    device.tell(lost)
    device.tell(None)
    device.close()
    assert told == [lost, None]


@pytest.mark.parametrize("is_early", [True, False])
def test_button_is_heard_by_who_listened_before_or_after(is_early: bool) -> None:
    device, kept = SimulatedButton(ButtonSettings(driver="simulated")), KeptButton()
    gestures: list[Gesture] = []
    troubles: list[bool] = []

    def attend() -> None:
        kept.listen(gestures.append)
        kept.watch(lambda trouble: troubles.append(trouble is not None))

    if is_early:
        attend()
    kept.adopt(device)
    if not is_early:
        attend()
    device.press()
    device.flutter()
    device.wait(60)
    kept.close()
    device.press()
    device.close()
    assert gestures == [Gesture.PRESS, Gesture.PRESS]
    assert troubles == [True, False]


@pytest.mark.parametrize("is_early", [True, False])
def test_knob_is_heard_by_who_listened_before_or_after(is_early: bool) -> None:
    device, kept = SimulatedKnob(KnobSettings(driver="simulated")), KeptKnob()
    turns: list[int] = []
    if is_early:
        kept.listen(turns.append)
    kept.adopt(device)
    if not is_early:
        kept.listen(turns.append)
    device.turn(2)
    kept.close()
    device.turn(-1)
    device.close()
    assert turns == [2, -1]


def switch(*, is_muted: bool) -> SimulatedMuteSwitch:
    device = SimulatedMuteSwitch(MuteSwitchSettings(driver="simulated"))
    if is_muted:
        device.flip()
    return device


@pytest.mark.parametrize("stands_muted", [True, False])
def test_mute_switch_is_read_once_it_is_there(stands_muted: bool) -> None:
    device, kept = switch(is_muted=stands_muted), KeptMuteSwitch()
    read = [kept.is_muted]
    kept.adopt(device)
    read.append(kept.is_muted)
    device.flip()
    kept.close()
    read.append(kept.is_muted)
    device.close()
    assert read == [False, stands_muted, not stands_muted]


def test_mute_switch_that_comes_muted_says_so_to_who_listens_already() -> None:
    changes: list[bool] = []
    for stands_muted in (False, True):
        device, kept = switch(is_muted=stands_muted), KeptMuteSwitch()
        kept.listen(changes.append)
        kept.adopt(device)
        device.close()
    assert changes == [True]


@pytest.mark.parametrize("is_early", [True, False])
def test_mute_switch_is_heeded_by_who_listened_before_or_after(is_early: bool) -> None:
    device, kept = switch(is_muted=False), KeptMuteSwitch()
    changes: list[bool] = []
    if is_early:
        kept.listen(changes.append)
    kept.adopt(device)
    if not is_early:
        kept.listen(changes.append)
    device.flip()
    device.flip()
    device.close()
    assert changes == [True, False]


def test_outputs_say_why_they_are_missing_until_they_come() -> None:
    kept = KeptOutputs(DeviceBusyError("lamp", "another program holds GPIO4"))
    for _ in range(2):
        with pytest.raises(DeviceBusyError, match="another program holds GPIO4"):
            kept.states()
        with pytest.raises(DeviceBusyError, match="another program holds GPIO4"):
            kept.set_level("lamp", 100)
    device = SimulatedOutputs({"lamp": OutputSettings(pin=4, driver="simulated")})
    kept.adopt(device)
    assert kept.set_level("lamp", 100) == device.states()["lamp"]
    kept.close()
    assert kept.states()["lamp"].level == 100
    device.close()


def test_outputs_that_are_asked_for_ever_remember_no_call() -> None:
    trouble = DeviceBusyError("lamp", "another program holds GPIO4")
    kept, depths = KeptOutputs(trouble), list[int]()
    for _ in range(3):
        with pytest.raises(DeviceBusyError) as refusal:
            kept.states()
        depths.append(len(refusal.traceback))
    assert len(set(depths)) == 1
