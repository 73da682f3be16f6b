"""Wherever a secret may come from, a report does not tell it."""

from __future__ import annotations

from pathlib import Path

import pytest

from myna.config import Config, LiveSettings
from myna.doctor.secrets import Mask
from myna.mcp_servers.settings import McpServerSettings
from myna.mqtt.settings import MqttSettings
from myna.redaction import MASK
from support.canary import found_in

CANARY = "canary-9f3c2a7b51d8e604"
BARE = Config()


def masked(config: Config, folder: Path, **environ: str) -> str:
    """Return what is left of a text that tells the canary in many ways."""
    text = f"a {CANARY} b\n{CANARY * 2}\nhttps://x/?q={CANARY}&y\n"
    return Mask(config, environ, folder)(text)


def secret_file(folder: Path, content: str = f"{CANARY}\n", mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_text(content)
    path.chmod(mode)
    return path


def with_command(*words: str) -> Config:
    return Config(live=LiveSettings(key_command=words))


def with_server(**settings: object) -> Config:
    return Config(mcp={"home": McpServerSettings(**settings)})  # type: ignore[arg-type]


def test_what_nobody_knows_to_be_secret_is_told(tmp_path: Path) -> None:
    """Prove the search: without a source the canary sings."""
    text = masked(BARE, tmp_path)
    assert found_in({"report": text}, CANARY) != {}


@pytest.mark.parametrize(
    "variable",
    ["GEMINI_API_KEY", "PICOVOICE_ACCESS_KEY", "MQTT_PASSWORD", "HA_TOKEN", "client_secret"],
)
def test_variable_that_is_named_like_a_secret_is_masked(variable: str, tmp_path: Path) -> None:
    text = masked(BARE, tmp_path, **{variable: CANARY})
    assert found_in({"report": text}, CANARY) == {}
    assert f"a {MASK} b" in text


@pytest.mark.parametrize(
    "config",
    [
        with_command("/usr/bin/fetch", CANARY),
        with_command("/usr/bin/fetch", f"--token={CANARY}"),
        with_server(command=("serve",), env={"HASS": CANARY}),
        with_server(command=("serve", CANARY)),
        with_server(url=f"https://home/mcp?t={CANARY}"),
        with_server(url=f"https://me:{CANARY}@home/mcp"),
        with_server(url=f"https://home/api/{CANARY}/mcp"),
    ],
)
def test_what_programs_and_servers_are_given_is_masked(config: Config, tmp_path: Path) -> None:
    assert found_in({"report": masked(config, tmp_path)}, CANARY) == {}


def test_files_that_the_configuration_names_are_masked(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path = secret_file(tmp_path / "elsewhere", mode=0o644)
    for config in (
        Config(live=LiveSettings(key_file=path)),
        Config(mqtt=MqttSettings(host="broker", password_file=path)),
        with_server(command=("serve",), token_file=path),
    ):
        assert found_in({"report": masked(config, tmp_path / "none")}, CANARY) == {}


def test_closed_files_of_the_service_are_masked(tmp_path: Path) -> None:
    secret_file(tmp_path)
    (tmp_path / "tools").mkdir()
    assert found_in({"report": masked(BARE, tmp_path)}, CANARY) == {}
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert found_in({"report": masked(BARE, tmp_path / "none", **environ)}, CANARY) == {}


def test_open_files_of_the_service_are_no_secret(tmp_path: Path) -> None:
    secret_file(tmp_path, mode=0o644)
    assert CANARY in masked(BARE, tmp_path)


def test_every_one_of_many_secrets_is_masked(tmp_path: Path) -> None:
    secrets = [f"secret-number-{number:03}" for number in range(60)]
    secret_file(tmp_path, "\n".join(secrets))
    text = Mask(BARE, {}, tmp_path)(" ".join(secrets))
    assert "secret-number" not in text


def test_large_and_missing_files_are_no_secret(tmp_path: Path) -> None:
    secret_file(tmp_path, f"{CANARY}\n" * 1000)
    config = Config(live=LiveSettings(key_file=tmp_path / "missing"))
    assert CANARY in masked(config, tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        f"Environment=GEMINI_API_KEY={CANARY}",
        f'Environment="MQTT_PASSWORD={CANARY}" "OTHER=1"',
        f"SetCredential=api-key:{CANARY}",
        f"SetCredentialEncrypted=api-key:{CANARY}",
        f"connecting to http://me:{CANARY}@radio.local/stream",
    ],
)
def test_what_looks_like_a_secret_of_somebody_else_is_masked(line: str, tmp_path: Path) -> None:
    assert found_in({"report": Mask(BARE, {}, tmp_path)(line)}, CANARY) == {}


def test_ordinary_words_stay(tmp_path: Path) -> None:
    text = "myna: microphone: works again; 12 keys, key pressed; mailto:me@example.org"
    assert Mask(BARE, {"PATH": "/usr/bin", "HOME": "/home/me"}, tmp_path)(text) == text
