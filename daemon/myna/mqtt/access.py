"""What opens the broker's door: the password and the certificates.

All of it is read anew for each connection, on a thread, so that a new password or a renewed
certificate needs no restart.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from myna.errors import BrokerError
from myna.live.credentials import MAX_SECRET_BYTES, UNSET, Credential
from myna.mqtt.settings import MqttSettings

CREDENTIAL: Final = "mqtt-password"


@dataclass(frozen=True, slots=True)
class Access:
    """How to get in.

    Attributes:
        username: None for a broker that asks for none.
        password: None where there is none.
        tls: None for a connection in the clear.
    """

    username: str | None
    password: Credential | None
    tls: ssl.SSLContext | None


class Door:
    """Finds the access.

    Args:
        settings: Names the files.
        environ: Names the folder of systemd's credentials.
        hide: Told the password before anybody else gets it (`Redaction.hide`).
    """

    def __init__(
        self, settings: MqttSettings, environ: Mapping[str, str], hide: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._hide = hide

    def access(self) -> Access:
        """Read password and certificates; blocks.

        Raises:
            BrokerError: One of them cannot be read.
        """
        password = self._password()
        if password is not None:
            self._hide(password.reveal())
        return Access(self._settings.username, password, self._tls())

    def _password(self) -> Credential | None:
        folder = self._environ.get("CREDENTIALS_DIRECTORY")
        handed = Path(folder, CREDENTIAL) if folder else None
        if handed is not None and handed.exists():
            password = _read_password(handed)
            if password is not None:
                return password
        named = self._settings.password_file
        return None if named is None else _read_password(named)

    def _tls(self) -> ssl.SSLContext | None:
        settings = self._settings
        if not settings.tls:
            return None
        try:
            context = ssl.create_default_context(cafile=settings.ca_file)
        except (OSError, ValueError) as error:
            raise _unreadable("ca_file", settings.ca_file, error) from error
        context.sslsocket_class = _Socket
        if settings.certificate_file is not None:
            try:
                # Without this a key with a passphrase would be asked for on the terminal.
                context.load_cert_chain(
                    settings.certificate_file, settings.key_file, password=_no_passphrase
                )
            except (OSError, ValueError) as error:
                what = "certificate_file and mqtt.key_file"
                raise _unreadable(what, settings.certificate_file, error) from error
        return context


class _Socket(ssl.SSLSocket):
    """Closed when the handshake fails; paho forgets it then."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - as it is called
        """Agree with the other side."""
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine itself, as far as its name tells."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _read_password(path: Path) -> Credential | None:
    """Return the one line of `path`, or None where it says that there is none."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SECRET_BYTES + 1)
        text = content.decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        problem = f"the password in {path} cannot be read: {error.strerror}"
        raise BrokerError(problem) from error
    except UnicodeDecodeError as error:
        raise BrokerError(f"the password in {path} is not UTF-8 text") from error
    if text in {"", UNSET}:
        return None
    if len(content) > MAX_SECRET_BYTES or "\n" in text:
        raise BrokerError(f"{path} must hold nothing but the password, on one line")
    return Credential(text, str(path))


def _no_passphrase() -> str:
    raise ValueError("the key is locked with a passphrase: save it without one")


def _unreadable(key: str, path: Path | None, error: Exception) -> BrokerError:
    why = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return BrokerError(f"mqtt.{key}: {path} cannot be used: {why}")
