from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from myna.errors import ConfigError
from myna.simulator.flags import read_flag
from myna.simulator.options import Options
from myna.simulator.script_file import load_script
from support.cli import Home
from support.raw_client import refusal, setup_message


@pytest.mark.parametrize(
    ("word", "flag"),
    [
        ("bursts", ("bursts", True)),
        ("bursts=false", ("bursts", False)),
        ("pong_delay_s=10", ("pong_delay_s", 10.0)),
        ("upgrade_status=429", ("upgrade_status", 429)),
        ("ends_opening=quota", ("ends_opening", "quota")),
        ("accepted_key=123", ("accepted_key", "123")),
        ('known_models=["models/a"]', ("known_models", ("models/a",))),
    ],
)
def test_flag_is_read(word: str, flag: tuple[str, object]) -> None:
    assert read_flag(word) == flag


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("burst", "there is no flag 'burst'; did you mean bursts? known are connect_delay_s, "),
        ("xyz=1", "there is no flag 'xyz'; known are connect_delay_s, setup_delay_s, "),
        ("pong_delay_s", "pong_delay_s needs a value: pong_delay_s=VALUE"),
        ("pong_delay_s=soon", "pong_delay_s cannot be 'soon': Expected `float`, got `str`"),
        ("pong_delay_s=-1", "pong_delay_s cannot be '-1': Expected `float` >= 0"),
        ("bursts=maybe", "bursts cannot be 'maybe': Expected `bool`, got `str`"),
        ("ends_opening=boom", "ends_opening cannot be 'boom': Expected `str` matching regex"),
    ],
)
def test_flag_is_refused_in_one_line_that_says_what_would_be_right(word: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r"flag|value|cannot") as refused:
        read_flag(word)

    assert str(refused.value).startswith(problem)
    assert "\n" not in str(refused.value)


def test_script_file_sets_the_same_flags(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_text('[server]\nbursts = true\nholds_lost_s = 1\n[[turn]]\non = "text"\n')

    assert load_script(path).server == Options(bursts=True, holds_lost_s=1.0)


def test_script_file_says_what_is_wrong_with_its_flags(tmp_path: Path) -> None:
    path = tmp_path / "script.toml"
    path.write_text('[server]\nbusrts = true\nholds_lost_s = "1"\n[[turn]]\non = "text"\n')
    with pytest.raises(ConfigError) as raised:
        load_script(path)

    assert [str(problem) for problem in raised.value.problems] == [
        "server, busrts: unknown key; did you mean bursts?",
        "server, holds_lost_s: Expected `float`, got `str`",
    ]


async def test_command_switches_flags_over_those_of_the_script(tmp_path: Path) -> None:
    home = Home(tmp_path)
    script = tmp_path / "script.toml"
    script.write_text('[server]\nends_opening = "quota"\n[[turn]]\non = "text"\n')
    words = ("--with", "ends_opening=deadline", "--with", "bursts")
    process = await home.start("simulate", "--script", str(script), *words)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            line = (await process.stdout.readline()).decode()
        closing = await refusal(line.removeprefix("listening on ").strip(), setup_message())
    finally:
        process.terminate()
        await process.communicate()

    assert closing == (1011, "Deadline expired before operation could complete.")


async def test_command_names_the_known_flags_when_one_is_unknown(tmp_path: Path) -> None:
    done = await Home(tmp_path).myna("simulate", "--with", "burst")

    assert done.code == 2
    assert "there is no flag 'burst'; did you mean bursts? known are connect_delay_s," in done.err
