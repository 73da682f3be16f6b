from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from myna.config import LiveSettings, WakeSettings
from myna.errors import CredentialError
from myna.live.credentials import Credential, find_credential, find_porcupine_key, find_secret

CANARY = "AIzaSyCANARY-0123456789_canary"


@pytest.fixture
def handed(tmp_path: Path) -> Path:
    """The folder in which systemd hands credentials over."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    return folder


def key_file(tmp_path: Path, content: bytes) -> LiveSettings:
    path = tmp_path / "key"
    path.write_bytes(content)
    return LiveSettings(key_file=path)


def test_the_places_are_tried_in_order(tmp_path: Path, handed: Path) -> None:
    settings = key_file(tmp_path, b"from-file\n")
    environ = {"CREDENTIALS_DIRECTORY": str(handed), "GEMINI_API_KEY": "from-environment"}
    (handed / "api-key").write_text("from-systemd\n")

    assert find_credential(settings, environ).reveal() == "from-systemd"
    (handed / "api-key").write_text("unset")
    assert find_credential(settings, environ).reveal() == "from-environment"
    environ["GEMINI_API_KEY"] = ""
    found = find_credential(settings, environ)
    assert found.reveal() == "from-file"
    assert found.source == str(settings.key_file)


def test_a_missing_systemd_credential_is_passed_over(handed: Path) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(handed), "GEMINI_API_KEY": CANARY}

    assert find_credential(LiveSettings(), environ).source == "$GEMINI_API_KEY"


@pytest.mark.parametrize("name", ["sealed_api-key", "secret_api-key"])
def test_a_credential_out_of_a_folder_is_found(handed: Path, name: str) -> None:
    (handed / "api-key").write_text("unset")  # as the unit sets it
    (handed / name).write_text("out-of-a-folder\n")

    found = find_credential(LiveSettings(), {"CREDENTIALS_DIRECTORY": str(handed)})

    assert (found.reveal(), found.source) == ("out-of-a-folder", str(handed / name))


@pytest.mark.parametrize("content", [b"key", b"key\n", b"key\r\n"])
def test_one_line_end_is_no_part_of_the_key(tmp_path: Path, content: bytes) -> None:
    assert find_credential(key_file(tmp_path, content), {}).reveal() == "key"


@pytest.mark.parametrize("content", [b"", b"\n", b"unset\n"])
def test_no_key_names_the_three_places(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CredentialError) as caught:
        find_credential(key_file(tmp_path, content), {})

    for place in ("'api-key'", "$GEMINI_API_KEY", "live.key_file"):
        assert place in str(caught.value)


@pytest.mark.parametrize(
    "spoiler", ["\n\n", " ", "\t", "\0", "\x7f", "\u00e9", "\r", "\ninjected: header"]
)
def test_a_key_of_another_shape_is_refused_without_showing_it(tmp_path: Path, spoiler: str) -> None:
    spoilt = f"{CANARY}{spoiler}x" if spoiler != "\n\n" else CANARY + spoiler
    with pytest.raises(CredentialError, match="one line") as from_environment:
        find_credential(LiveSettings(), {"GEMINI_API_KEY": spoilt})
    with pytest.raises(CredentialError, match="one line") as from_file:
        find_credential(key_file(tmp_path, spoilt.encode()), {})

    assert "$GEMINI_API_KEY" in str(from_environment.value)
    assert str(tmp_path) in str(from_file.value)
    assert "CANARY" not in f"{from_environment.value!r}{from_file.value!r}"


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="too long"):
        find_credential(key_file(tmp_path, b"x" * 5000), {})


def test_an_endless_file_is_refused() -> None:
    with pytest.raises(CredentialError, match="too long"):
        find_credential(LiveSettings(key_file=Path("/dev/zero")), {})


def test_a_missing_key_file_is_named() -> None:
    with pytest.raises(CredentialError, match=r"live\.key_file: /nowhere/key does not exist"):
        find_credential(LiveSettings(key_file=Path("/nowhere/key")), {})


def test_an_unreadable_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match=r"cannot be read: Is a directory"):
        find_credential(LiveSettings(key_file=tmp_path), {})


def test_a_credential_never_shows_itself() -> None:
    credential = Credential(CANARY, "a test")
    shown = f"{credential} {credential!r} {credential!s} {[credential]}"

    assert "CANARY" not in shown
    assert "a test" in shown
    with pytest.raises(TypeError, match="never copied") as pickled:
        pickle.dumps(credential)
    with pytest.raises(TypeError, match="never copied") as copied:
        copy.deepcopy(credential)
    assert "CANARY" not in f"{pickled.value!r}{copied.value!r}"


def test_a_token_is_told_from_a_key() -> None:
    assert Credential("auth_tokens/abc", "a test").is_token
    assert not Credential(CANARY, "a test").is_token


def test_the_picovoice_key_has_its_own_places(tmp_path: Path, handed: Path) -> None:
    file = tmp_path / "picovoice"
    file.write_text("from-file")
    settings = WakeSettings(key_file=file)
    environ = {"CREDENTIALS_DIRECTORY": str(handed), "GEMINI_API_KEY": "other"}

    def found() -> str:
        credential = find_porcupine_key(settings, environ)
        assert credential is not None
        return credential.reveal()

    assert found() == "from-file"
    environ["PICOVOICE_ACCESS_KEY"] = "from-environment"
    assert found() == "from-environment"
    (handed / "porcupine-key").write_text("from-systemd")
    assert found() == "from-systemd"


def test_no_picovoice_key_is_no_error() -> None:
    assert find_porcupine_key(WakeSettings(), {}) is None


def test_a_picovoice_key_of_another_shape_is_refused_without_showing_it() -> None:
    with pytest.raises(CredentialError, match="Picovoice key") as caught:
        find_porcupine_key(WakeSettings(), {"PICOVOICE_ACCESS_KEY": CANARY + " x"})

    assert "CANARY" not in repr(caught.value)


def test_a_token_comes_from_systemd_or_its_file_or_there_is_none(
    tmp_path: Path, handed: Path
) -> None:
    file = tmp_path / "token"
    environ = {"CREDENTIALS_DIRECTORY": str(handed), "": "no variable has no name"}

    def found() -> str | None:
        token = find_secret("token", "mcp-home-token", file, "mcp.home.token_file", environ)
        return None if token is None else token.reveal()

    with pytest.raises(CredentialError, match=r"mcp\.home\.token_file: .* does not exist"):
        found()
    file.write_text("unset\n")
    assert found() is None
    file.write_text("from-file\n")
    assert found() == "from-file"
    (handed / "mcp-home-token").write_text("from-systemd\n")
    assert found() == "from-systemd"
    assert find_secret("token", "mcp-home-token", None, "mcp.home.token_file", {}) is None
