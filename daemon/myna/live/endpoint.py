"""Where a session is opened, and how the key gets there.

PURE. Paths and credentials are those of the Live API reference and of its
getting-started guide ("Authentication", "Ephemeral tokens").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from myna.config import LiveSettings
from myna.errors import ConnectError
from myna.live.credentials import Credential

KEY_HEADER: Final = "x-goog-api-key"
_SERVICE: Final = "/ws/google.ai.generativelanguage.{version}.GenerativeService.{method}"
_NO_ADDRESS: Final = "is not an address like wss://HOST or ws://127.0.0.1:PORT"
_NOT_BARE: Final = "must be scheme, host and port only: myna adds the path and the key"
_NOT_SAFE: Final = "must begin with wss://: unencrypted ws:// is for servers on this machine only"


@dataclass(frozen=True, slots=True)
class Address:
    """One place to connect to; its repr holds no secret.

    Attributes:
        printable: The URL without its query, for logs and errors.
        query: "?key=…", or nothing; secret.
        headers: What the upgrade request carries; secret.
        is_loopback: Whether the server is on this machine.
    """

    printable: str
    query: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    is_loopback: bool

    @property
    def url(self) -> str:
        """The whole URL; secret."""
        return self.printable + self.query


def check_endpoint(endpoint: str) -> str | None:
    """Say what is wrong with `live.endpoint`, or None.

    The key goes where this points, so nothing but TLS is good enough beyond this
    machine, and nothing may hide in the address.
    """
    try:
        parts = urlsplit(endpoint)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return _NO_ADDRESS
    is_plain = all("!" <= character <= "~" for character in endpoint)
    if parts.scheme not in {"ws", "wss"} or not is_address or not is_plain:
        return _NO_ADDRESS
    if parts.username is not None or parts.path not in {"", "/"} or set("?#") & set(endpoint):
        return _NOT_BARE
    return _NOT_SAFE if parts.scheme == "ws" and not _is_loopback(parts) else None


def is_on_this_machine(endpoint: str) -> bool:
    """Say whether `live.endpoint`, which is an address, names this machine itself."""
    return _is_loopback(urlsplit(endpoint))


def address_for(settings: LiveSettings, credential: Credential) -> Address:
    """Compose the address for a key or an ephemeral token.

    Raises:
        ConnectError: `live.endpoint` is not fit to receive a key.
    """
    parts = _parts_of(settings.endpoint)
    version, method, query, headers = _access(settings, credential)
    path = _SERVICE.format(version=version, method=method)
    return Address(f"{parts.scheme}://{parts.netloc}{path}", query, headers, _is_loopback(parts))


def address_without_key(settings: LiveSettings) -> Address:
    """Compose the address of the server itself, at which no session can be opened.

    Raises:
        ConnectError: `live.endpoint` is no address.
    """
    parts = _parts_of(settings.endpoint)
    return Address(f"{parts.scheme}://{parts.netloc}/", "", {}, _is_loopback(parts))


def _parts_of(endpoint: str) -> SplitResult:
    problem = check_endpoint(endpoint)
    if problem is not None:
        raise ConnectError(f"live.endpoint {problem}", is_network=False)
    return urlsplit(endpoint)


def _access(
    settings: LiveSettings, credential: Credential
) -> tuple[str, str, str, Mapping[str, str]]:
    """Return API version, method, query and headers."""
    secret = credential.reveal()
    if credential.is_token:
        # Sent to the plain method a token is an "unregistered caller" (close 1008).
        query = f"?access_token={quote(secret)}"
        return "v1alpha", "BidiGenerateContentConstrained", query, {}
    if settings.key_in == "query":
        return settings.api_version, "BidiGenerateContent", f"?key={quote(secret, safe='')}", {}
    return settings.api_version, "BidiGenerateContent", "", {KEY_HEADER: secret}


def _is_loopback(parts: SplitResult) -> bool:
    if parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
