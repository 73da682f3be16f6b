from __future__ import annotations

from pathlib import Path

import pytest

from myna.errors import BrokerError
from myna.mqtt.access import Door, is_loopback
from myna.mqtt.settings import MqttSettings


def password(folder: Path, *, handed: str | None = None, named: str | None = None) -> str | None:
    """Return the password that is found; `handed` over by systemd, or in the `named` file."""
    hidden: list[str] = []
    environ = {"CREDENTIALS_DIRECTORY": str(folder)}
    if handed is not None:
        (folder / "mqtt-password").write_text(handed)
    file = folder / "named"
    if named is not None:
        file.write_text(named)
    settings = MqttSettings(host="b", password_file=None if named is None else file)
    access = Door(settings, environ, hidden.append).access()
    found = access.password.reveal() if access.password else None
    assert hidden == ([] if found is None else [found])
    assert found is None or found not in repr(access)
    return found


def test_password_comes_from_the_credential_before_the_file(tmp_path: Path) -> None:
    assert password(tmp_path, handed="from systemd\n", named="from a file") == "from systemd"


def test_password_comes_from_the_file_where_systemd_has_none(tmp_path: Path) -> None:
    assert password(tmp_path, named="pässword with spaces\r\n") == "pässword with spaces"
    assert password(tmp_path, handed="unset", named="from a file") == "from a file"


def test_password_is_none_where_there_is_none(tmp_path: Path) -> None:
    assert password(tmp_path) is None
    assert password(tmp_path, handed="unset") is None
    assert password(tmp_path, named="\n") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"two\nlines", "on one line"), (b"x" * 5000, "on one line"), (b"\xff\xfe", "UTF-8")],
)
def test_password_that_is_none_is_refused_without_showing_it(
    tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "named"
    file.write_bytes(content)
    settings = MqttSettings(host="b", password_file=file)
    with pytest.raises(BrokerError, match=words) as raised:
        Door(settings, {}, _ignore).access()
    assert "two" not in str(raised.value)


def test_password_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = MqttSettings(host="b", password_file=tmp_path / "none")
    with pytest.raises(BrokerError, match="none cannot be read: No such file"):
        Door(settings, {}, _ignore).access()


@pytest.mark.parametrize(
    ("host", "is_so"),
    [("localhost", True), ("127.8.0.1", True), ("::1", True), ("10.0.0.1", False), ("pi", False)],
)
def test_loopback_is_this_machine(host: str, is_so: bool) -> None:
    assert is_loopback(host) is is_so


def _ignore(_secret: str) -> None:
    """Hide nothing."""
