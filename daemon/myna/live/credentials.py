"""The API key: where it is looked for, and a box that never shows it.

A secret comes from the first of: a systemd credential, an environment variable, a
file that the configuration names. An empty one counts as absent, and so does the
text "unset", which the unit sets because systemd refuses to start a service whose
credential is missing (systemd.exec(5), SetCredential=). A further place, a program, is
known to `credential_source.py`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from myna.config import LiveSettings, WakeSettings
from myna.errors import CredentialError

UNSET: Final = "unset"
FOLDERS: Final = ("", "sealed_", "secret_")
"""What stands before a name where systemd handed over a whole folder (systemd.exec(5),
LoadCredential=); which ones is said in systemd/myna.service."""

TOKEN_PREFIX: Final = "auth_tokens/"  # noqa: S105 - what a token looks like, not one
MAX_SECRET_BYTES: Final = 4096
"""Longer than any key; a file beyond it is not one."""


class Credential:
    """A secret and where it came from; only `reveal` shows it.

    Attributes:
        source: For a person: "$GEMINI_API_KEY", or the file.
    """

    __slots__ = ("_value", "source")

    def __init__(self, value: str, source: str) -> None:
        self._value = value
        self.source = source

    def reveal(self) -> str:
        """Return the secret, for the wire only."""
        return self._value

    @property
    def is_token(self) -> bool:
        """Whether it is an ephemeral token, which has its own endpoint."""
        return self._value.startswith(TOKEN_PREFIX)

    def __repr__(self) -> str:
        return f"<Credential from {self.source}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a credential is never copied or written down")


@dataclass(frozen=True, slots=True)
class _Places:
    """Where one secret is looked for."""

    what: str
    credential: str
    variable: str | None
    file_key: str
    file: Path | None

    def __str__(self) -> str:
        return (
            f"put it into the systemd credential {self.credential!r}, "
            f"into ${self.variable}, or into the file that {self.file_key} names"
        )


def find_credential(settings: LiveSettings, environ: Mapping[str, str]) -> Credential:
    """Find the key of the Live API, or an ephemeral token in its place.

    Args:
        settings: `[live]`, for `key_file`.
        environ: The process's environment.

    Raises:
        CredentialError: There is none, or what is there cannot be one.
    """
    places = _Places("API key", "api-key", "GEMINI_API_KEY", "live.key_file", settings.key_file)
    found = _find(places, environ)
    if found is None:
        raise CredentialError(f"no API key: {places}")
    return found


def find_porcupine_key(settings: WakeSettings, environ: Mapping[str, str]) -> Credential | None:
    """Find the Picovoice key, without which the wake engine ladder starts one step lower.

    Args:
        settings: `[wake]`, for `key_file`.
        environ: The process's environment.

    Raises:
        CredentialError: What is there cannot be a key.
    """
    places = _Places(
        "Picovoice key", "porcupine-key", "PICOVOICE_ACCESS_KEY", "wake.key_file", settings.key_file
    )
    return _find(places, environ)


def find_secret(
    what: str, credential: str, file: Path | None, file_key: str, environ: Mapping[str, str]
) -> Credential | None:
    """Find the secret of a service that may want one: a token, a password.

    Args:
        what: As a person calls it.
        credential: The name of the systemd credential.
        file: What the configuration names instead.
        file_key: The key that names it.
        environ: The process's environment.

    Raises:
        CredentialError: What is there cannot be one, or the file is missing.
    """
    return _find(_Places(what, credential, None, file_key, file), environ)


def _find(places: _Places, environ: Mapping[str, str]) -> Credential | None:
    variable = environ.get(places.variable, "") if places.variable else ""
    return (
        _handed(places, environ)
        or checked_secret(variable, f"${places.variable}", places.what)
        or _from_file(places.file, places, is_required=True)
    )


def _handed(places: _Places, environ: Mapping[str, str]) -> Credential | None:
    """Find what systemd has handed over."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    paths = (Path(folder, prefix + places.credential) for prefix in FOLDERS)
    found = (_from_file(path, places, is_required=False) for path in paths)
    return next((credential for credential in found if credential is not None), None)


def _from_file(path: Path | None, places: _Places, *, is_required: bool) -> Credential | None:
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SECRET_BYTES + 1)
    except FileNotFoundError as error:
        if not is_required:
            return None
        raise CredentialError(f"{places.file_key}: {path} does not exist") from error
    except OSError as error:
        reason = error.strerror or os.strerror(error.errno or 0)
        raise CredentialError(f"{path} cannot be read: {reason}") from error
    return checked_secret(content.decode("latin-1"), str(path), places.what)


def checked_secret(text: str, source: str, what: str) -> Credential | None:
    """Return the secret in `text`, or None where it says that there is none.

    Args:
        text: What was found, with at most one line end.
        source: Where, for a person.
        what: "API key", or which other one.

    Raises:
        CredentialError: It cannot be one; the error does not show it.
    """
    value = text.removesuffix("\n").removesuffix("\r")
    if value in {"", UNSET}:
        return None
    if len(value) > MAX_SECRET_BYTES:
        raise CredentialError(f"the {what} in {source} is far too long to be one")
    if not all("!" <= character <= "~" for character in value):
        raise CredentialError(
            f"the {what} in {source} holds a space, a line break or a character that no "
            "key has: it must be one line of plain letters, digits and signs"
        )
    return Credential(value, source)
