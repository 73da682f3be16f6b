from __future__ import annotations

import logging
from math import inf
from pathlib import Path

import pytest

from myna.health import Health
from myna.music.debts import FILE, Debts, DebtStore
from myna.music.ducking import Debt
from myna.music.player import Look
from myna.trace import Trace

LOWERED = Debt("box", ":1", before=80.0, lowered=16.0, is_sure=True)
BOX = Look("box", ":1", "playing")


@pytest.fixture
def health() -> Health:
    return Health(Trace(None))


def test_store_keeps_what_is_owed_and_since_when(tmp_path: Path) -> None:
    store = DebtStore(tmp_path / "state")
    assert store.load() == ({}, 0.0)
    store.save({":1": LOWERED})
    store.sync()
    assert store.path.stat().st_mode & 0o777 == 0o600
    debts, age_s = DebtStore(tmp_path / "state").load()
    assert debts == {":1": LOWERED}
    assert 0 <= age_s < 60
    store.save({})
    store.sync()
    assert list((tmp_path / "state").iterdir()) == []


def test_store_of_another_life_of_the_machine_is_as_old_as_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    DebtStore(tmp_path).save({":1": LOWERED})
    (tmp_path / "boot_id").write_text("another\n")
    monkeypatch.setattr("myna.music.debts.BOOT_ID", tmp_path / "boot_id")
    assert DebtStore(tmp_path).load() == ({":1": LOWERED}, inf)


@pytest.mark.parametrize("content", ["", "{}", "[1, 2", '{"boot": "", "at_s": 1, "debts": 7}'])
def test_store_that_is_broken_owes_nothing_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str
) -> None:
    caplog.set_level(logging.WARNING)
    (tmp_path / FILE).write_text(content)
    assert DebtStore(tmp_path).load() == ({}, 0.0)
    assert "music that was ducked may stay so" in caplog.text


async def test_debts_are_written_before_owe_returns(tmp_path: Path, health: Health) -> None:
    debts = Debts(DebtStore(tmp_path), health)
    assert (bool(debts), debts.of(BOX)) == (False, None)
    await debts.owe(":1", LOWERED)
    assert DebtStore(tmp_path).load()[0] == {":1": LOWERED}
    assert (debts.all(), debts.of(BOX)) == ((LOWERED,), LOWERED)
    await debts.owe(":1", None)
    await debts.sync()
    assert not (tmp_path / FILE).exists()
    assert health.troubles == {}


async def test_debts_that_do_not_change_touch_no_disk(tmp_path: Path, health: Health) -> None:
    debts = Debts(DebtStore(tmp_path / "missing"), health)
    await debts.owe(":1", None)
    await debts.sync()
    assert not (tmp_path / "missing").exists()
    assert health.troubles == {}


async def test_debts_on_a_disk_that_takes_nothing_are_remembered_and_told(
    tmp_path: Path, health: Health
) -> None:
    (tmp_path / "state").write_text("a file")
    debts = Debts(DebtStore(tmp_path / "state"), health)
    await debts.owe(":1", LOWERED)
    assert debts.all() == (LOWERED,)
    assert "check state.dir" in health.troubles["music memory"]
    (tmp_path / "state").unlink()
    await debts.owe(":1", None)
    assert health.troubles == {}
