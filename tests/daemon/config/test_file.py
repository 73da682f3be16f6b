from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.config import Config
from myna.config.file import BUILT_IN, find_config, load_config
from myna.errors import ConfigError, Problem

CANARY = "AIzaSyCanary0123456789abcdefghijklmnopq"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "myna.toml"


def problems_of(path: Path | None, *overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_config(path, overrides, {})
    return [str(problem) for problem in raised.value.problems]


def problems_in(file: Path, text: str, *overrides: str) -> list[str]:
    file.write_text(text)
    return problems_of(file, *overrides)


def test_load_config_gives_the_defaults_when_there_is_no_file(tmp_path: Path) -> None:
    loaded = load_config(None, (), {"XDG_CONFIG_HOME": str(tmp_path)})
    assert loaded.config == Config()
    assert loaded.source == BUILT_IN


def test_load_config_reads_the_file_and_lays_overrides_over_it(file: Path) -> None:
    file.write_text('[speaker]\nvolume = 20\n[live]\nvoice = "Kore"\n[outputs.lamp]\npin = 4\n')
    loaded = load_config(file, ["speaker.volume=30", "outputs.lamp.dimmable=true"], {})
    assert loaded.source == str(file)
    assert loaded.config.speaker.volume == 30
    assert loaded.config.live.voice == "Kore"
    assert loaded.config.outputs["lamp"].pin == 4
    assert loaded.config.outputs["lamp"].dimmable


def test_load_config_accepts_a_byte_order_mark_and_windows_line_ends(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[speaker]\r\nvolume = 20\r\n")
    assert load_config(file, (), {}).config.speaker.volume == 20


def test_load_config_reads_paths_relative_to_the_file(file: Path) -> None:
    file.write_text('[microphone]\npath = "a/b.wav"\n[speaker]\npath = "/abs.wav"\n')
    config = load_config(file, (), {}).config
    assert config.microphone.path == file.parent / "a/b.wav"
    assert config.speaker.path == Path("/abs.wav")


def test_load_config_reads_paths_of_overrides_relative_to_here(file: Path) -> None:
    file.write_text('[microphone]\npath = "a.wav"\n')
    config = load_config(file, ["microphone.path=b.wav", "live.key_file=~/key"], {}).config
    assert config.microphone.path == Path("b.wav")
    assert config.live.key_file == Path.home() / "key"


BUTTON_KEYS = ("driver", "pin", "mode", "hold_s", "double_s", "shutdown")


def test_load_config_reports_every_problem_with_its_line(file: Path) -> None:
    text = """\
lights = 5
[speaker]
volume = 170
volme = 3
[camera]
size = [1, "a"]
path = ""
[wake]
thresholds = { okay_nabu = 1.5 }
[outputs.lamp]
label = 3
[outputs."desk lamp"]
pin = 99
[outputs]
fan = 4
[microphone]
volume = 3
[button]
colour = "red"
"""
    assert problems_in(file, text, "audio.echo=cancle", "nonsense") == [
        "--set: takes a key and a value, like speaker.volume=50",
        (
            'audio.echo: "cancle" is not one of "auto", "cancel", "half-duplex", "none" '
            "(given with --set)"
        ),
        "line 1: lights: 5 is not a table: write [lights] above its keys",
        "line 3: speaker.volume: 170 is above 100",
        "line 4: speaker.volme: unknown key; did you mean speaker.volume?",
        'line 6: camera.size: [1, "a"] is not a list of exactly 2: a whole number, a whole number',
        'line 7: camera.path: "" is not a path',
        "line 9: wake.thresholds.okay_nabu: 1.5 is above 1",
        "line 10: outputs.lamp.pin: is missing: a whole number from 0 to 53",
        "line 11: outputs.lamp.label: 3 is not a text",
        "line 13: outputs.desk lamp.pin: 99 is above 53",
        "line 15: outputs.fan: 4 is not a table: write [outputs.fan] above its keys",
        "line 17: microphone.volume: unknown key; did you mean speaker.volume?",
        "line 19: button.colour: unknown key; here are known: " + ", ".join(BUTTON_KEYS),
    ]


@pytest.mark.parametrize(
    "line",
    [
        f'key = "{CANARY}"',
        'api-key = "canary"',
        'access_token = "canary"',
        'key_file = "auth_tokens/canary"',
        f'endpoint = "wss://host?key={CANARY}"',
        f'"{CANARY}" = "{CANARY}"',
        f'instruction = ["{CANARY}"]',
    ],
)
def test_load_config_refuses_keys_without_repeating_them(file: Path, line: str) -> None:
    (problem,) = problems_in(file, f"[live]\n{line}\n")
    assert problem.startswith("line 2: live.")
    assert "$GEMINI_API_KEY" in problem
    assert "anary" not in problem


def test_load_config_does_not_repeat_a_key_given_with_set() -> None:
    (problem,) = problems_of(None, f"live.key={CANARY}")
    assert "$GEMINI_API_KEY" in problem
    assert CANARY not in problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b"[live]\nmodel = gemini\n",
            'line 2: not TOML: Invalid value (a text stands in "quotes")',
        ),
        (b"[live]\nmodel = 1\nmodel = 2\n", "line 3: not TOML: Cannot overwrite a value"),
        (b"a = [1,\n", "line 2: not TOML: Invalid value"),
        (b'a = "', "line 1: not TOML: Unterminated string"),
        (b"# \n\xff", "line 2: is not UTF-8 text: save it as UTF-8"),
        (b"a = " + b"9" * 5000, "not TOML: Exceeds the limit"),
        (b"a = " + b"[" * 100_000, "not TOML: "),
    ],
)
def test_load_config_tells_where_a_file_is_not_toml(
    file: Path, content: bytes, problem: str
) -> None:
    file.write_bytes(content)
    (found,) = problems_of(file)
    assert found.startswith(problem)


def test_load_config_names_the_cure_when_the_file_is_missing(file: Path) -> None:
    (problem,) = problems_of(file)
    assert problem == "does not exist; `myna config init` writes one with every default"


def test_load_config_says_so_when_the_path_is_a_folder(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path)
    assert problem == f"is a folder; name the file in it, {tmp_path}/myna.toml?"


def test_load_config_says_why_a_file_cannot_be_read(file: Path) -> None:
    file.write_text("")
    (problem,) = problems_of(file / "myna.toml")
    assert problem == "cannot be read: Not a directory"


def test_load_config_runs_the_checks_it_is_given(file: Path) -> None:
    def check(config: Config) -> Iterator[Problem]:
        yield Problem("lights.pin", f"is {config.lights.pin}")
        yield Problem("speaker.device", "only follows from the wrong volume")

    file.write_text("[lights]\npin = 7\n[speaker]\nvolume = 101\n")
    with pytest.raises(ConfigError) as raised:
        load_config(file, (), {}, checks=[check])
    assert str(raised.value) == (
        f"{file}: line 2: lights.pin: is 7\n{file}: line 4: speaker.volume: 101 is above 100"
    )


def test_load_config_runs_its_own_checks() -> None:
    (problem,) = problems_of(None, "conversation.limit_s=1")
    assert problem.startswith("conversation.follow_up_s: 8 is longer")


@given(st.binary(max_size=200))
def test_load_config_gives_a_config_or_problems_for_any_bytes(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(content)
    try:
        outcome = load_config(file, (), {}).source
    except ConfigError as error:
        outcome = str(error)
    assert outcome.startswith(str(file))


def test_find_config_takes_the_first_place_that_has_one(tmp_path: Path) -> None:
    system, user = tmp_path / "etc.toml", tmp_path / "xdg/myna/myna.toml"
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "xdg"), "HOME": str(tmp_path)}
    assert find_config(environ, system) is None
    user.parent.mkdir(parents=True)
    user.touch()
    assert find_config(environ, system) == user
    system.touch()
    assert find_config(environ, system) == system
    assert find_config({**environ, "MYNA_CONFIG": "/named"}, system) == Path("/named")


def test_find_config_looks_in_the_home_folder(tmp_path: Path) -> None:
    user = tmp_path / ".config/myna/myna.toml"
    user.parent.mkdir(parents=True)
    user.touch()
    missing = tmp_path / "missing"
    assert find_config({"HOME": str(tmp_path)}, missing) == user
    assert find_config({}, missing) is None


@pytest.fixture
def nobody() -> Iterator[None]:
    """Take root's right to look everywhere away, if we have it."""
    uid = os.geteuid()
    if uid == 0:
        os.seteuid(65534)
    yield
    os.seteuid(uid)


def test_find_config_passes_over_a_folder_of_somebody_elses(tmp_path: Path, nobody: None) -> None:
    del nobody
    if os.geteuid() != 65534:
        tmp_path.chmod(0)
    assert find_config({}, tmp_path / "closed/myna.toml") is None
    if os.geteuid() != 65534:
        tmp_path.chmod(0o700)
