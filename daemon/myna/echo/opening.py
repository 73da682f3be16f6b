"""Which cancellers there are: what the configuration wants, and this machine has."""

from __future__ import annotations

from collections.abc import Callable

from myna.config import Config
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
    setting: Setting = config.audio.echo
    if setting == "auto" and config.microphone.driver != "pyaudio":
        setting = "file"
    if setting in {"none", "file"}:
        return Echo(Duplex(setting), None, None)
    near = _open(Speex, report)
    uplink = None if setting == "half-duplex" else _open(lambda: WebRtc(echo=True), report)
    return Echo(Duplex(setting), uplink, near)


def _open(canceller: Callable[[], Canceller], report: Report) -> Canceller | None:
    try:
        return canceller()
    except EchoCancellerError as error:
        report("echo", str(error))
        return None
