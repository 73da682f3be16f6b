from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from threading import enumerate as threads

import gpiozero
import pytest

from myna_hardware.body import Body
from myna_hardware.button.simulated import SimulatedButton
from myna_hardware.errors import (
    DeviceBusyError,
    DeviceLostError,
    DeviceNotFoundError,
    DriverMissingError,
    HardwareError,
)
from myna_hardware.interfaces import Gesture, Pattern
from myna_hardware.knob.simulated import SimulatedKnob
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.mute_switch.simulated import SimulatedMuteSwitch
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.settings import (
    BodySettings,
    ButtonSettings,
    CameraSettings,
    KnobSettings,
    LightsSettings,
    MicrophoneSettings,
    MuteSwitchSettings,
    OutputSettings,
    SensorSettings,
    SpeakerSettings,
)
from support.gpio import PATIENCE_S, MockBoard

SIMULATED = BodySettings(
    microphone=MicrophoneSettings(driver="simulated"),
    speaker=SpeakerSettings(driver="simulated"),
    lights=LightsSettings(driver="simulated", pin=17),
    button=ButtonSettings(driver="simulated", pin=23),
    knob=KnobSettings(driver="simulated"),
    mute_switch=MuteSwitchSettings(driver="simulated"),
    outputs={"lamp": OutputSettings(pin=4, driver="simulated")},
    sensors={"hall": SensorSettings(driver="simulated")},
)
BROKEN = BodySettings(
    lights=LightsSettings(driver="gpiozero"),
    button=ButtonSettings(driver="keyboard"),
    knob=KnobSettings(driver="gpiozero"),
    mute_switch=MuteSwitchSettings(driver="gpiozero"),
    camera=CameraSettings(driver="file", path=Path("nowhere.jpg")),
    outputs={
        "lamp": OutputSettings(pin=4, driver="simulated"),
        "fan": OutputSettings(pin=4, driver="simulated"),
    },
)


def test_body_opens_every_device() -> None:
    body = Body.open(SIMULATED)
    assert isinstance(body.lights, SimulatedLights)
    assert isinstance(body.button, SimulatedButton)
    assert isinstance(body.knob, SimulatedKnob)
    assert isinstance(body.mute_switch, SimulatedMuteSwitch)
    assert isinstance(body.outputs, SimulatedOutputs)
    assert body.camera is None
    body.close()


def test_body_closes_every_device_and_does_so_once() -> None:
    body = Body.open(SIMULATED)
    lights, button, outputs = body.lights, body.button, body.outputs
    knob, switch = body.knob, body.mute_switch
    assert isinstance(lights, SimulatedLights)
    assert isinstance(button, SimulatedButton)
    assert isinstance(outputs, SimulatedOutputs)
    assert isinstance(knob, SimulatedKnob)
    assert isinstance(switch, SimulatedMuteSwitch)
    moves: list[int | bool] = []
    knob.listen(moves.append)
    switch.listen(moves.append)
    gestures: list[Gesture] = []
    button.listen(gestures.append)
    lights.show(Pattern.LISTENING)
    body.close()
    body.close()
    button.press()
    knob.turn(1)
    switch.flip()
    assert gestures == []
    assert moves == []
    assert lights.pins.level(17) == 0
    assert outputs.history == [("lamp", 0)]


def test_body_puts_stand_ins_where_devices_fail_and_reports_each() -> None:
    troubles: list[tuple[str, HardwareError | None]] = []
    body = Body.open(BROKEN, lambda part, error: troubles.append((part, error)))
    parts = ["lights", "button", "knob", "mute_switch", "camera", "outputs"]
    assert [part for part, _ in troubles] == parts
    assert not body.mute_switch.is_muted
    assert body.camera is None
    body.lights.show(Pattern.IDLE)
    body.button.listen(lambda _gesture: None)
    with pytest.raises(DeviceBusyError, match="GPIO4 is used twice"):
        body.outputs.states()
    body.close()


def test_body_keeps_what_opens_beside_what_does_not() -> None:
    settings = BodySettings(
        lights=SIMULATED.lights, camera=BROKEN.camera, outputs=SIMULATED.outputs
    )
    troubles: list[str] = []
    body = Body.open(settings, lambda part, _: troubles.append(part))
    assert troubles == ["camera"]
    assert list(body.outputs.states()) == ["lamp"]
    body.close()


def threads_of_lights() -> set[Thread]:
    return {thread for thread in threads() if thread.name == "lights"}


def test_body_closes_what_was_open_when_trouble_is_not_taken() -> None:
    settings = BodySettings(lights=SIMULATED.lights, camera=BROKEN.camera)
    before = threads_of_lights()
    with pytest.raises(DeviceNotFoundError, match=r"nowhere\.jpg"):
        Body.open(settings)
    assert threads_of_lights() == before


def test_microphone_and_speaker_open_only_when_asked_and_as_often() -> None:
    body = Body.open(SIMULATED)
    assert (body.microphone, body.speaker) == (None, None)
    first = body.open_microphone()
    second = body.open_microphone()
    assert body.microphone is second
    assert first is not second
    assert first.read() == b""
    assert body.open_speaker() is body.speaker
    body.close()
    assert second.read() == b""


def test_body_opens_no_sound_after_close() -> None:
    body = Body.open(SIMULATED)
    body.close()
    with pytest.raises(DeviceLostError, match="microphone: the body is closed"):
        body.open_microphone()
    with pytest.raises(DeviceLostError, match="speaker: the body is closed"):
        body.open_speaker()


# --- trying again -----------------------------------------------------------------------

ON_PINS = BodySettings(
    lights=LightsSettings(driver="gpiozero", pin=17),
    button=ButtonSettings(driver="gpiozero", pin=23),
    knob=KnobSettings(driver="gpiozero", a_pin=5, b_pin=6),
    mute_switch=MuteSwitchSettings(driver="gpiozero", pin=16),
    outputs={"lamp": OutputSettings(pin=4)},
)
PARTS = {"lights": 17, "button": 23, "knob": 5, "mute_switch": 16, "outputs": 4}

News = Queue[tuple[str, HardwareError | None]]


def reopeners() -> set[Thread]:
    return {thread for thread in threads() if thread.name.startswith("reopen ")}


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> MockBoard:
    """The pins of this machine, where a try is soon followed by the next."""
    board = MockBoard()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", board.pins._factory)
    monkeypatch.setattr("myna_hardware.reopening.RETRY_S", 0.01)
    return board


@contextmanager
def body_without(part: str, board: MockBoard) -> Iterator[tuple[Body, News]]:
    """Open a body while something else has the pin of `part`; give that back."""
    taker = board.pins.switch("taker", PARTS[part], active_high=True)
    news: News = Queue()
    body = Body.open(ON_PINS, lambda part, error: news.put((part, error)))
    try:
        name, error = news.get_nowait()
        assert (name, type(error)) == (part, DeviceBusyError)
        taker.close()
        assert news.get(timeout=PATIENCE_S) == (part, None)
        assert news.empty()
        yield body, news
    finally:
        body.close()


def test_lights_that_open_later_show_what_they_were_told(board: MockBoard) -> None:
    with body_without("lights", board) as (body, _):
        body.lights.show(Pattern.MUTED)
        board.pin(17).await_levels(0, 1)
    assert board.level(17) == 0


def test_outputs_that_open_later_are_switched(board: MockBoard) -> None:
    with body_without("outputs", board) as (body, _):
        body.outputs.set_level("lamp", 100)
        assert board.level(4) == 1
    board.pins.switch("other", 4, active_high=True).close()


def test_mute_switch_that_opens_later_is_heeded(board: MockBoard) -> None:
    with body_without("mute_switch", board) as (body, _):
        changes: Queue[bool] = Queue()
        body.mute_switch.listen(changes.put)
        board.drive(16, high=False)
        assert changes.get(timeout=PATIENCE_S)


@pytest.mark.parametrize("part", ["button", "knob"])
def test_part_that_opens_later_is_closed_with_the_body(part: str, board: MockBoard) -> None:
    with body_without(part, board), pytest.raises(DeviceBusyError):
        board.pins.contact("other", PARTS[part])
    board.pins.contact("other", PARTS[part]).close()


def test_body_that_closes_tries_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("myna_hardware.reopening.RETRY_S", 1000)
    before = reopeners()
    body = Body.open(BROKEN, lambda _part, _error: None)
    trying = reopeners() - before
    assert {thread.name for thread in trying} == {
        f"reopen {part}" for part in ("lights", "button", "knob", "mute_switch", "outputs")
    }
    body.close()
    for thread in trying:
        thread.join(PATIENCE_S)
    assert not trying & reopeners()


def test_device_whose_library_is_missing_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "pigpio")
    troubles: list[HardwareError | None] = []
    before = reopeners()
    settings = BodySettings(lights=ON_PINS.lights)
    body = Body.open(settings, lambda _part, error: troubles.append(error))
    assert [type(trouble) for trouble in troubles] == [DriverMissingError]
    assert reopeners() <= before
    body.close()


def test_body_reads_its_sensors_until_it_is_closed() -> None:
    body = Body.open(SIMULATED)
    assert "hall" in body.sensors.readings()
    body.close()
    assert body.sensors.readings() == {}
