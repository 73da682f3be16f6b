"""Mistakes of users, of their files and of their network: one readable line, and no more."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from support.cli import Done, Home, bad_microphone_files, simulated


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.config.write_text(simulated(tmp_path))
    return home


def refused(done: Done, code: int) -> list[str]:
    """Check that `done` failed as it should; return its lines without the program's name."""
    assert done.code == code, done.err
    lines = done.err.splitlines()
    assert lines
    assert all(line.startswith("myna: ") for line in lines)
    return [line.removeprefix("myna: ") for line in lines]


# --- the configuration ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        (
            "[speaker]\nvolum = 3",
            "line 2: speaker.volum: unknown key; did you mean speaker.volume?",
        ),
        (
            '[audio]\nnight = "22-7"',
            "line 2: audio.night: '22-7' is not two times of day, like \"22:00-07:00\"",
        ),
        (
            '[lights]\nnight = "22:00-22:00"',
            "line 2: lights.night: '22:00-22:00' ends when it begins: give two different times",
        ),
        (
            '[lights]\nspi = "/dev/spidev0.0"',
            "line 2: lights.spi: '/dev/spidev0.0' is not a bus and a device, like \"0.0\"",
        ),
        ("[speeker]\nvolume = 3", "line 1: speeker: unknown key; did you mean speaker?"),
        ("[speaker]\nvolume = 'loud'", 'line 2: speaker.volume: "loud" is not a whole number'),
        ("[live]\ndialect = 'klingon'", 'line 2: live.dialect: "klingon" is not one of'),
        ("[outputs.lamp]\nlabel = 'x'", "line 1: outputs.lamp.pin: "),
        ("[live]\nendpoint = 'ws://example.org'", "line 2: live.endpoint: must begin with wss://"),
        ("[live\n", "line 1: not TOML: "),
        ("[button]\ndriver = 'gpiozero'", "button.pin: give the pin"),
        ("[microphone]\ndriver = 'file'", "microphone.path: give the WAV"),
    ],
)
async def test_mistake_in_the_file_is_told_with_its_line_and_cure(
    home: Home, toml: str, problem: str
) -> None:
    home.config.write_text(toml)
    for words in (("config", "check"), ("run",)):
        (line,) = refused(await home.myna(*words), 78)
        assert line.startswith(f"{home.config}: ")
        assert problem in line


async def test_every_mistake_is_told_at_once(home: Home) -> None:
    home.config.write_text("[speaker]\nvolume = 101\n[live]\nmodle = 'x'\n[wake]\nwords = 3\n")
    lines = refused(await home.myna("config", "check"), 78)
    assert [line.split(": ")[1:3] for line in lines] == [
        ["line 2", "speaker.volume"],
        ["line 4", "live.modle"],
        ["line 6", "wake.words"],
    ]


async def test_pin_that_is_used_twice_is_told_with_both_users(home: Home) -> None:
    (line,) = refused(await home.myna("run", "--set", "lights.pin=22"), 78)
    assert "GPIO22 is used by lights.pin and outputs.lamp.pin: give each its own pin" in line


async def test_missing_file_says_how_to_make_one(home: Home) -> None:
    (line,) = refused(await home.myna("run", "--config", "none.toml"), 78)
    assert line == "none.toml: does not exist; `myna config init` writes one with every default"


@pytest.mark.parametrize("setting", ["nonsense", "=3", "a b=1", ""])
async def test_setting_that_is_none_is_told_by_its_option(home: Home, setting: str) -> None:
    (line,) = refused(await home.myna("config", "check", f"--set={setting}"), 78)
    assert "--set: takes " in line


async def test_setting_of_an_unknown_key_names_the_nearest(home: Home) -> None:
    (line,) = refused(await home.myna("status", "--set", "microphone.devcie=x"), 78)
    assert "did you mean microphone.device? (given with --set)" in line


async def test_configuration_is_never_overwritten(home: Home) -> None:
    before = home.config.read_text()
    (line,) = refused(await home.myna("config", "init", "--output", str(home.config)), 1)
    assert line == f"{home.config} exists already: name another file, or remove it first"
    assert home.config.read_text() == before


# --- the files that it names ----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("none", "cannot read {path}: No such file or directory"),
        ("rate", "is 48000 Hz, 1 channel, 16-bit; what is needed is 16000 Hz"),
        ("text", "is not a PCM WAV: "),
    ],
)
async def test_microphone_file_that_cannot_be_heard_is_told_before_the_start(
    home: Home, name: str, cure: str
) -> None:
    path = bad_microphone_files(home.folder)[name]
    settings = ("--set", "microphone.driver=file", "--set", f"microphone.path={path}")
    for words in (("config", "check"), ("run",)):
        (line,) = refused(await home.myna(*words, *settings), 78)
        assert "microphone.path: " in line
        assert cure.format(path=path) in line


@pytest.mark.parametrize(
    ("part", "path", "cure"),
    [
        ("speaker", "no/such/heard.wav", "does not exist: mkdir -p '"),
        ("speaker", ".", "is a folder: name the WAV in it"),
        ("camera", "none.jpg", "does not exist: give a JPEG, or a folder of them"),
    ],
)
async def test_file_of_another_device_is_told_before_the_start(
    home: Home, part: str, path: str, cure: str
) -> None:
    settings = ("--set", f"{part}.driver=file", "--set", f"{part}.path={home.folder / path}")
    (line,) = refused(await home.myna("config", "check", *settings), 78)
    assert f"{part}.path: " in line
    assert cure in line


async def test_command_reaches_for_the_daemon_though_a_file_is_missing(home: Home) -> None:
    missing = ("--set", "microphone.driver=file", "--set", "microphone.path=none.wav")
    refused(await home.myna("status", *missing), 69)


async def test_trace_that_cannot_be_written_keeps_the_daemon_from_starting(home: Home) -> None:
    (line,) = refused(await home.myna("run", "--trace", "no/such/trace.jsonl"), 1)
    assert line == "cannot write the trace to no/such/trace.jsonl: No such file or directory"


# --- commands -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", ["status", "listen", "stop", "say Hello", "mute", "unmute", "volume", "volume 3"]
)
async def test_command_without_a_daemon_says_how_to_start_it(home: Home, command: str) -> None:
    (line,) = refused(await home.myna(*command.split()), 69)
    assert line.startswith("myna is not running (nobody answers on ")
    assert "`systemctl start myna` or `myna run`" in line


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("volume", "500"), "'500' is not a number from 0 to 100"),
        (("volume", "-1"), "'-1' is not a number from 0 to 100"),
        (("volume", "loud"), "'loud' is not a number from 0 to 100"),
        (("say", " "), "there are no words in it"),
        (("say", "\udcff"), "it is not UTF-8 text"),
        (("simulate", "--port", "99999"), "'99999' is not a number from 0 to 65535"),
        (("simulate", "--host", "a" * 80), "cannot be the name of a machine"),
        (("simulate", "--dialect", "klingon"), "invalid choice: 'klingon'"),
    ],
)
async def test_word_that_a_command_cannot_take_is_a_usage_error(
    home: Home, words: tuple[str, ...], problem: str
) -> None:
    done = await home.myna(*words)
    usage, *_, last = done.err.splitlines()
    assert (done.code, usage.split()[:3]) == (2, ["usage:", "myna", words[0]])
    assert problem in last


async def test_text_that_is_too_long_to_say_is_refused(home: Home) -> None:
    (line,) = refused(await home.myna("say", "word " * 2000), 1)
    assert line.startswith("too long: ")


async def test_port_in_use_is_told(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (line,) = refused(await home.myna("simulate", "--port", str(port)), 1)
    assert line.startswith(f"cannot listen on 127.0.0.1 port {port}: ")
    assert "choose another port" in line


@pytest.mark.parametrize(
    ("script", "problems"),
    [
        ("", 1),
        ("[[turn]]\non = 'whistle'", 1),
        ("[[turn]]\non = 'speech'\nsend = [{ audio = 'none.wav' }, { close = 7 }]", 2),
        ("turn = [", 1),
    ],
)
async def test_mistakes_in_a_script_are_told_at_once(
    home: Home, script: str, problems: int
) -> None:
    path = home.folder / "script.toml"
    path.write_text(script)
    lines = refused(await home.myna("simulate", "--script", str(path)), 78)
    assert len(lines) == problems
    assert all(line.startswith(f"{path}: ") for line in lines)


async def test_script_that_is_missing_is_told(home: Home) -> None:
    (line,) = refused(await home.myna("simulate", "--script", "none.toml"), 78)
    assert line == "none.toml: cannot be read: No such file or directory"


async def test_output_that_nobody_can_take_is_told_in_a_line(home: Home) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    process = await home.start("config", "show", stdout=full)
    os.close(full)
    _, err = await process.communicate()
    refused(Done(process.returncode or 0, "", err.decode()), 1)


async def test_reader_that_goes_away_is_no_mistake(home: Home) -> None:
    process = await home.start("config", "schema")
    assert process.stdout is not None
    process.stdout._transport.close()  # type: ignore[attr-defined]  # as `| head` does
    assert process.stderr is not None
    assert await process.stderr.read() == b""
    assert await process.wait() in {0, 1}
