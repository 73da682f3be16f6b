"""A daemon at rest has imported the libraries that its configuration uses, and no other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

LIBRARIES: Final = (
    "Adafruit_PureIO",
    "aiomqtt",
    "dbus_fast",
    "gpiozero",
    "jsonschema",
    "lgpio",
    "mcp",
    "mpd",
    "pydantic",
    "paho",
    "picamera2",
    "pyaudio",
)

PROGRAM: Final = """
import asyncio, sys
from pathlib import Path
from msgspec.structs import replace
from support.scene import scene
from myna.music.settings import MusicSettings
from myna_hardware.settings import (
    ButtonSettings, CameraSettings, KnobSettings, LightsSettings, MicrophoneSettings,
    MuteSwitchSettings, OutputSettings, SpeakerSettings,
)

BARE = dict(
    lights=LightsSettings(), button=ButtonSettings(), camera=CameraSettings(),
    knob=KnobSettings(), mute_switch=MuteSwitchSettings(), outputs={{}},
)

async def main():
    folder = Path({folder!r})
    # The stage itself imports the simulated parts, which bring gpiozero.
    for name in [name for name in sys.modules if name.partition(".")[0] in {libraries!r}]:
        del sys.modules[name]
    async with scene(folder, **{{**BARE, **{changes}}}):
        print([name for name in {libraries!r} if name in sys.modules])

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("changes", "imported"),
    [
        ("{}", []),
        ("{'lights': LightsSettings(driver='simulated')}", ["gpiozero"]),
        ("{'outputs': {'lamp': OutputSettings(driver='simulated', pin=4)}}", ["gpiozero"]),
        ("{'camera': CameraSettings(driver='simulated')}", []),
        (
            "{'microphone': MicrophoneSettings(), 'speaker': SpeakerSettings()}",
            ["pyaudio"],
        ),
        ("{'music': MusicSettings(driver='mpd')}", ["mpd"]),
        ("{'music': MusicSettings(driver='mpris', bus='system')}", ["dbus_fast"]),
    ],
)
def test_daemon_imports_what_its_configuration_uses(
    tmp_path: Path, changes: str, imported: list[str]
) -> None:
    program = PROGRAM.format(folder=str(tmp_path), changes=changes, libraries=LIBRARIES)
    path = [str(Path(__file__).parents[1]), *filter(None, sys.path)]
    ran = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stdout.strip().splitlines()[-1] == str(imported)
