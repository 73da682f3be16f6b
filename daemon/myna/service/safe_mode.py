"""The speaker after a crash loop: lights, control socket, logs, and nothing that may crash it.

PURE. It leaves that state by itself after a while, and at once when it is restarted by hand.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from myna.assistant import SAFE_MODE
from myna.config import AudioSettings, Config, WakeSettings
from myna.mqtt.settings import MqttSettings
from myna.music.settings import MusicSettings
from myna_hardware.settings import (
    ButtonSettings,
    CameraSettings,
    KnobSettings,
    MicrophoneSettings,
    SensorSettings,
    SpeakerSettings,
)

PART: Final = SAFE_MODE
LASTS_S: Final = 600.0
"""What breaks a speaker at each start is seldom gone sooner; a person needs no longer to
look why the light shows an error."""


def calmed(config: Config) -> Config:
    """Return `config` without sound, wake engine, camera, tools, and what reaches the network."""
    return replace(
        config,
        wake=WakeSettings(engine="none", stop_words=()),
        audio=AudioSettings(echo="none"),
        microphone=MicrophoneSettings(driver="simulated"),
        speaker=SpeakerSettings(driver="simulated"),
        button=ButtonSettings(),
        knob=KnobSettings(),
        camera=CameraSettings(),
        outputs={},
        sensors={"cpu": SensorSettings(driver="none")},
        mcp={},
        mqtt=MqttSettings(),
        music=MusicSettings(),
    )


def words(deaths: int, last_end: str) -> str:
    """Say what is wrong, and what to do."""
    last = f", the last time: {last_end}" if last_end else ""
    return (
        f"it ended {deaths} times within a minute of its start{last}; so it runs without sound, "
        f"wake word, camera and tools, and tries again in {LASTS_S / 60:.0f} minutes. Why: "
        "journalctl -u myna -p warning -n 50. At once: sudo systemctl restart myna"
    )
