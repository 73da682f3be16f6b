from __future__ import annotations

import os
import pwd

import pytest

from myna_hardware.groups import how_to_join


def as_uid(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)


def test_a_person_joins_and_logs_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    as_uid(monkeypatch, 1000)
    assert "`sudo usermod -aG gpio $USER` and log in again" in how_to_join("gpio")


def test_a_service_is_named_and_needs_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = pwd.getpwnam("daemon")
    as_uid(monkeypatch, daemon.pw_uid)
    assert "`sudo usermod -aG spi daemon`; it then starts anew" in how_to_join("spi")


def test_a_user_without_a_name_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    as_uid(monkeypatch, 987)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    assert "usermod -aG i2c $USER" in how_to_join("i2c")
