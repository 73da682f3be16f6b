"""`myna outputs`: what a person, and systemd after a crash, get from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.cli import Home, daemon, simulated

REAL = """
[outputs.heater]
pin = 5
safe = false
[outputs.fan]
pin = {fan}
safe = true
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


async def test_outputs_are_told_as_the_running_speaker_reads_them(home: Home) -> None:
    home.config.write_text(simulated(home.folder))
    async with daemon(home):
        done = await home.myna("outputs")
        assert (done.code, done.out, done.err) == (0, "lamp  0 %\n", "")
        assert json.loads((await home.myna("outputs", "--json")).out) == {"lamp": 0}
    assert (await home.myna("outputs")).code == 69


async def test_outputs_safe_needs_no_speaker_and_does_nothing_without_outputs(home: Home) -> None:
    assert await safe(home) == (0, "", "")
    home.config.write_text(simulated(home.folder))
    assert await safe(home) == (0, "", "")


async def test_outputs_safe_sets_real_pins(tmp_path: Path) -> None:
    home = Home(tmp_path, {"GPIOZERO_PIN_FACTORY": "mock"})
    home.config.write_text(REAL.format(fan=6))
    assert await safe(home) == (0, "", "")


async def test_outputs_safe_says_which_could_not_be_set(tmp_path: Path) -> None:
    home = Home(tmp_path, {"GPIOZERO_PIN_FACTORY": "mock"})
    home.config.write_text(REAL.format(fan=50))
    code, out, err = await safe(home)
    assert (code, out) == (1, "")
    assert err.startswith("myna: outputs.fan: this board has no GPIO50")
    assert err.count("\n") == 1


async def test_outputs_safe_says_once_that_the_machine_has_no_such_pins(tmp_path: Path) -> None:
    home = Home(tmp_path, {"GPIOZERO_PIN_FACTORY": "none"})
    home.config.write_text(REAL.format(fan=6))
    code, _, err = await safe(home)
    assert code == 1
    assert err.startswith("myna: outputs: GPIOZERO_PIN_FACTORY=none is not a pin factory")
    assert err.count("\n") == 1


async def test_outputs_safe_names_the_mistakes_of_a_configuration(home: Home) -> None:
    home.config.write_text("[outputs.door]\npin = 4\npulse_s = 0.5\ninitial = true\n")
    code, _, err = await safe(home)
    assert code == 78
    assert "outputs.door.pulse_s" in err
    assert "it goes on for pulse_s only: let initial and safe be off" in err


async def safe(home: Home) -> tuple[int, str, str]:
    """Run `myna outputs --safe`."""
    done = await home.myna("outputs", "--safe")
    return done.code, done.out, done.err
