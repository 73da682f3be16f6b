"""How the demo's speaker is configured: simulated devices, the embedded server."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from myna.config import (
    AudioSettings,
    Config,
    ControlSettings,
    ConversationSettings,
    LiveSettings,
    StateSettings,
)
from myna_hardware.settings import (
    ButtonSettings,
    CameraSettings,
    LightsSettings,
    MicrophoneSettings,
    OutputSettings,
    SpeakerSettings,
)

FOLDER: Final = Path(str(files(__package__)))
PICTURE: Final = FOLDER / "bird.jpg"
SPEECH: Final = FOLDER / "speech"
KEY: Final = "demo-key"
"""The embedded server takes any key; this one is no secret."""

FOLLOW_UP_S: Final = 3.0


def demo_config(endpoint: str, folder: Path, *, keep: Path | None, is_real: bool) -> Config:
    """Return the demo's configuration.

    Args:
        endpoint: The embedded server's `ws://HOST:PORT`.
        folder: Of this run, for the control socket.
        keep: Where the speaker's WAV is to stay, or None.
        is_real: Whether to use this machine's microphone and speaker.
    """
    heard = None if keep is None else keep / "speaker.wav"
    return Config(
        live=LiveSettings(endpoint=endpoint),
        audio=AudioSettings(),
        conversation=ConversationSettings(follow_up_s=FOLLOW_UP_S * (3 if is_real else 1)),
        microphone=MicrophoneSettings(driver="pyaudio" if is_real else "simulated"),
        speaker=_speaker(heard, is_real=is_real),
        lights=LightsSettings(driver="simulated", pin=17),
        button=ButtonSettings(driver="simulated", pin=27),
        camera=CameraSettings(driver="file", path=PICTURE),
        outputs={"lamp": OutputSettings(driver="simulated", pin=22, label="lamp")},
        state=StateSettings(dir=folder / "state"),
        control=ControlSettings(socket=folder / "control.sock"),
    )


def _speaker(heard: Path | None, *, is_real: bool) -> SpeakerSettings:
    if is_real:
        return SpeakerSettings(driver="pyaudio")
    if heard is not None:
        return SpeakerSettings(driver="file", path=heard, volume=100)
    return SpeakerSettings(driver="simulated", volume=100)
