"""Which cancellers there are: what the configuration wants, and this machine has."""

from __future__ import annotations

from collections.abc import Callable

from myna.config import AudioSettings, Config
from myna.echo.aec3 import WebRtc
from myna.echo.branches import Echo
from myna.echo.canceller import Canceller
from myna.echo.duplex import Duplex, Setting
from myna.echo.speex import Speex
from myna.errors import EchoCancellerError

Report = Callable[[str, str], None]
"""Takes the part that is in trouble, and why."""


def open_echo(config: Config, report: Report) -> Echo:
    """Open what there is; what is missing is reported, and done without.

    A microphone that is a file hears no echo.
    """
    echo = _open_branches(config, report)
    if not echo.has_reference:
        report("echo", "soxr is not installed: pip install soxr")
    return echo


def _open_branches(config: Config, report: Report) -> Echo:
    setting: Setting = config.audio.echo
    improve = _open_improver(config.audio, report)
    if setting == "auto" and config.microphone.driver != "pyaudio":
        setting = "file"
    if setting in {"none", "file"}:
        return Echo(Duplex(setting), None, None, improve)
    near = _open(Speex, report)
    uplink = None if setting == "half-duplex" else _open(lambda: WebRtc(echo=True), report)
    return Echo(Duplex(setting), uplink, near, improve)


def _open_improver(audio: AudioSettings, report: Report) -> Callable[[bytes], bytes]:
    """Return what makes the uplink easier to understand; nothing does so by default."""
    if audio.noise_suppression == "off" and not audio.gain_control:
        return bytes
    try:
        return WebRtc(echo=False, noise=audio.noise_suppression, gain=audio.gain_control).improve
    except EchoCancellerError as error:
        report("noise suppression", str(error))
        return bytes


def _open(canceller: Callable[[], Canceller], report: Report) -> Canceller | None:
    try:
        return canceller()
    except EchoCancellerError as error:
        report(error.canceller, str(error))
        return None
