from __future__ import annotations

from msgspec.structs import replace

from myna.config import Config
from myna.mcp_servers.settings import McpServerSettings
from myna.mqtt.settings import MqttSettings
from myna.service.safe_mode import calmed, words
from myna_hardware.settings import (
    ButtonSettings,
    CameraSettings,
    LightsSettings,
    OutputSettings,
)

BUSY = Config(
    lights=LightsSettings(driver="gpiozero", pin=17),
    button=ButtonSettings(driver="gpiozero", pin=27),
    camera=CameraSettings(driver="picamera2"),
    outputs={"lamp": OutputSettings(pin=22)},
    mcp={"home": McpServerSettings(command=("x",))},
    mqtt=MqttSettings(host="house"),
)


def test_a_calmed_speaker_opens_nothing_but_its_lights() -> None:
    calm = calmed(BUSY)
    assert calm.lights == BUSY.lights
    assert calm.control == BUSY.control
    assert (calm.wake.engine, calm.audio.echo) == ("none", "none")
    assert (calm.microphone.driver, calm.speaker.driver) == ("simulated", "simulated")
    assert (calm.button.driver, calm.camera.driver, calm.knob.driver) == ("none",) * 3
    assert (calm.outputs, calm.mcp, calm.mqtt.host, calm.music.driver) == ({}, {}, None, "none")


def test_what_is_not_calmed_stays() -> None:
    loud = replace(BUSY, log=replace(BUSY.log, level="debug"))
    assert calmed(loud).log.level == "debug"


def test_the_words_say_how_it_ended_and_what_to_do() -> None:
    text = words(5, "watchdog, killed, ABRT")
    assert "ended 5 times within a minute of its start, the last time: watchdog" in text
    assert "sudo systemctl restart myna" in text
    assert "the last time" not in words(5, "")
