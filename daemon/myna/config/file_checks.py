"""Whether the files are there that a configuration has the devices open.

For whoever is about to start the daemon: a running one takes a missing file for trouble
that may end. These checks look at the disk, so commands that only want to reach the
daemon do without them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from myna.config import Config
from myna.config.checks import Check
from myna.errors import Problem
from myna_hardware.errors import HardwareError
from myna_hardware.units import CAPTURE_RATE_HZ
from myna_hardware.wav import open_wav


def check_microphone_file(config: Config) -> Iterator[Problem]:
    """`microphone.path` is a WAV that can be heard."""
    path = config.microphone.path
    if config.microphone.driver == "file" and path is not None:
        problem = _wav_problem(path)
        if problem is not None:
            yield Problem("microphone.path", problem)


def check_speaker_file(config: Config) -> Iterator[Problem]:
    """`speaker.path` can be written, as far as can be told without writing it."""
    path = config.speaker.path
    if config.speaker.driver != "file" or path is None:
        return
    if path.is_dir():
        yield Problem("speaker.path", f"{path} is a folder: name the WAV in it")
    elif not path.parent.is_dir():
        text = f"the folder of {path} does not exist: mkdir -p '{path.parent}'"
        yield Problem("speaker.path", text)


def check_camera_file(config: Config) -> Iterator[Problem]:
    """`camera.path` exists."""
    path = config.camera.path
    if config.camera.driver == "file" and path is not None and not path.exists():
        yield Problem("camera.path", f"{path} does not exist: give a JPEG, or a folder of them")


def check_key_command(config: Config) -> Iterator[Problem]:
    """`live.key_command` begins with a program that can be run."""
    command = config.live.key_command
    if command is not None and shutil.which(command[0]) is None:
        text = (
            f"there is no program {command[0]!r}, or it may not be run: "
            "give its full path, and make it executable (chmod +x)"
        )
        yield Problem("live.key_command", text)


def check_mcp_files(config: Config) -> Iterator[Problem]:
    """Servers that are programs can be run, and token files exist."""
    for name, server in config.mcp.items():
        program, token = (server.command or ("",))[0], server.token_file
        if program and shutil.which(program) is None:
            text = f"there is no program {program!r}, or it may not be run: give its full path"
            yield Problem(f"mcp.{name}.command", text)
        if token is not None and not token.exists():
            yield Problem(f"mcp.{name}.token_file", f"{token} does not exist")


def check_mqtt_files(config: Config) -> Iterator[Problem]:
    """The files that open the broker's door exist."""
    for key in ("password_file", "ca_file", "certificate_file", "key_file"):
        path = getattr(config.mqtt, key)
        if path is not None and not path.exists():
            yield Problem(f"mqtt.{key}", f"{path} does not exist")


def _wav_problem(path: Path) -> str | None:
    try:
        open_wav(path, CAPTURE_RATE_HZ, "microphone").close()
    except HardwareError as error:
        return error.problem
    except ValueError as error:  # a name that no file can have
        return f"{str(path)!r} cannot be a file: {error}"
    return None


FILE_CHECKS: Final[tuple[Check, ...]] = (
    check_microphone_file,
    check_speaker_file,
    check_camera_file,
    check_key_command,
    check_mcp_files,
    check_mqtt_files,
)
