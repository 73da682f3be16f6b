import os
from pathlib import Path

import pytest

from myna_hardware.alsa import (
    alsa_name,
    card_of,
    define_door,
    door_to,
    is_plugged_in,
    is_same_card,
    match_device,
    ways_to,
)

LISTED = ["USB Audio: - (hw:1,0)", "snd_rpi_hat: HiFi (hw:2,0)", "default", "sysdefault", "pulse"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("default", "default"),
        ("pulse", "pulse"),
        ("usb audio", "USB Audio: - (hw:1,0)"),
        ("rpi_hat", "snd_rpi_hat: HiFi (hw:2,0)"),
        ("plughw:CARD=Device,DEV=0", None),
    ],
)
def test_name_means_the_device_that_is_it_or_alone_contains_it(
    name: str, found: str | None
) -> None:
    assert match_device(name, LISTED) == found


def test_name_in_several_devices_is_ambiguous() -> None:
    with pytest.raises(ValueError, match=r"^USB Audio: - \(hw:1,0\), snd_rpi_hat"):
        match_device("hw:", LISTED)


@pytest.mark.parametrize(
    ("listed", "pcm"),
    [
        ("USB Audio: - (hw:1,0)", "plughw:1,0"),
        ("Loopback: PCM (hw:0,1,3) {subdevice #3}", "plughw:0,1,3"),
        ("pulse", "pulse"),
        ("plughw:CARD=Device,DEV=0", "plughw:CARD=Device,DEV=0"),
        ("hw:1,0", "hw:1,0"),
    ],
)
def test_cards_are_opened_with_conversion_of_rates(listed: str, pcm: str) -> None:
    assert alsa_name(listed) == pcm


@pytest.mark.parametrize(
    ("pcm", "ways"),
    [
        ("plughw:CARD=Device,DEV=0", ("hw:CARD=Device,DEV=0", "plughw:CARD=Device,DEV=0")),
        ("hw:1,0", ("hw:1,0",)),
        ("default", ("default",)),
    ],
)
def test_cards_are_tried_before_what_converts_for_them(pcm: str, ways: tuple[str, ...]) -> None:
    assert ways_to(pcm) == ways


@pytest.mark.parametrize(
    ("pcm", "card"),
    [
        ("hw:1,0", "1"),
        ("plughw:CARD=Device,DEV=0", "Device"),
        ("plughw:Device", "Device"),
        ("default", None),
        ("pulse:hw", None),
    ],
)
def test_cards_are_told_from_servers(pcm: str, card: str | None) -> None:
    assert card_of(pcm) == card


def test_card_is_the_same_by_number_and_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("myna_hardware.alsa.CARDS", tmp_path)
    (tmp_path / "card1").mkdir()
    (tmp_path / "Device").symlink_to("card1")
    assert is_same_card("plughw:1,0", "hw:CARD=Device,DEV=1")
    assert is_same_card("hw:Device", "hw:Device")
    assert not is_same_card("hw:1", "hw:2")
    assert not is_same_card("default", "default")
    assert not is_same_card("hw:1", "default")


def test_door_leads_one_way_to_capture_and_another_to_play() -> None:
    assert define_door("hw:1,0", "hw:1,1") == (
        'pcm.myna_door { type asym; playback.pcm "hw:1,0"; capture.pcm "hw:1,1" }\n'
    )


def test_card_is_plugged_in_while_the_kernel_lists_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("myna_hardware.alsa.CARDS", tmp_path)
    (tmp_path / "card1").mkdir()
    (tmp_path / "Device").symlink_to("card1")
    assert is_plugged_in("1")
    assert is_plugged_in("Device")
    assert not is_plugged_in("2")
    (tmp_path / "card1").rmdir()
    assert not is_plugged_in("Device")


def test_door_leads_nowhere_or_to_one_device() -> None:
    assert define_door(None) == "pcm.myna_door { type null }\n"
    assert define_door('plug:"a\\b"\nc') == 'pcm.myna_door "plug:\\"a\\\\b\\" c"\n'


def test_door_is_there_only_within_its_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/etc/mine.conf")
    with door_to("hw:0"):
        before, _, path = os.environ["ALSA_CONFIG_PATH"].partition(":")
        assert Path(path).read_text() == 'pcm.myna_door "hw:0"\n'
        assert before == "/etc/mine.conf"
    assert os.environ["ALSA_CONFIG_PATH"] == "/etc/mine.conf"


def test_door_leaves_an_environment_alone_that_was_changed_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ALSA_CONFIG_PATH", raising=False)
    with door_to(None):
        monkeypatch.setenv("ALSA_CONFIG_PATH", "/etc/other.conf")
    assert os.environ["ALSA_CONFIG_PATH"] == "/etc/other.conf"
