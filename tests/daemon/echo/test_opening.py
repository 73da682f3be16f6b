"""What is opened of the cancellers, and what is said of those that are missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from myna.config import AudioSettings, Config
from myna.echo import opening
from myna.echo.aec3 import WebRtc
from myna.echo.duplex import Mode
from myna.echo.opening import open_echo
from myna.echo.speex import Speex
from myna.errors import EchoCancellerError
from myna_hardware.settings import MicrophoneSettings

REAL = Config()
HISS = bytes(range(1, 161)) * 4


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the cancellers that were opened."""
    names: list[str] = []
    for kind in (Speex, WebRtc):

        def open_one(kind: Callable[..., object] = kind, **settings: object) -> object:
            names.append(kind.__name__)
            return kind(**settings)

        monkeypatch.setattr(opening, kind.__name__, open_one)
    return names


def never(what: str, why: str) -> None:
    raise AssertionError(what, why)


@pytest.mark.parametrize(
    ("setting", "mode", "opened"),
    [
        ("auto", Mode.HALF, ["Speex", "WebRtc"]),
        ("cancel", Mode.FULL, ["Speex", "WebRtc"]),
        ("half-duplex", Mode.HALF, ["Speex"]),
        ("none", Mode.FULL, []),
    ],
)
def test_setting_opens_what_it_needs(
    setting: str, mode: Mode, opened: list[str], openings: list[str]
) -> None:
    audio = AudioSettings(echo=setting)  # type: ignore[arg-type]  # one of them
    echo = open_echo(replace(REAL, audio=audio), never)
    assert (echo.finding.mode, openings) == (mode, opened)


def test_file_hears_no_echo_unless_somebody_says_so(openings: list[str]) -> None:
    file = replace(REAL, microphone=MicrophoneSettings(driver="file"))
    assert open_echo(file, never).finding.why == "a microphone that is a file hears no echo"
    assert openings == []
    open_echo(replace(file, audio=AudioSettings(echo="cancel")), never)
    assert openings == ["Speex", "WebRtc"]


def test_missing_libraries_are_reported_and_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_settings: object) -> None:
        raise EchoCancellerError("it", "install it")

    monkeypatch.setattr(opening, "WebRtc", refuse)
    monkeypatch.setattr(opening, "Speex", refuse)
    reports: list[tuple[str, str]] = []
    audio = AudioSettings(noise_suppression="low")
    echo = open_echo(replace(REAL, audio=audio), lambda what, why: reports.append((what, why)))
    assert [what for what, _ in reports] == ["noise suppression", "it", "it"]
    assert echo.finding.mode is Mode.HALF
    assert echo.captured(HISS, 1.0).uplink == HISS


def test_noise_suppression_and_gain_change_the_uplink_only() -> None:
    audio = AudioSettings(echo="none", noise_suppression="high", gain_control=True)
    branches = open_echo(replace(REAL, audio=audio), never).captured(HISS, 1.0)
    assert branches.near == HISS
    assert branches.uplink != HISS


def test_missing_soxr_is_told_and_costs_only_the_cancelling(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> None:
        raise ImportError("soxr")

    monkeypatch.setattr("myna.echo.branches.Downsampler", refuse)
    reports: list[tuple[str, str]] = []
    echo = open_echo(REAL, lambda what, why: reports.append((what, why)))
    assert reports == [("echo", "soxr is not installed: pip install soxr")]
    echo.played(HISS, 1.0)
    assert echo.captured(HISS, 1.0).near == HISS
