"""Over which addresses a token may travel in the clear. PURE."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


def url_problem(url: str, *, plain_http: bool) -> str | None:
    """Say why `url` cannot be a server's, or return None.

    Args:
        url: As the owner wrote it.
        plain_http: Whether they accept http within the private network.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        return f"{url!r} is not a URL: {error}"
    if parts.scheme not in {"http", "https"} or not host:
        return f"{url!r} is not a URL like https://server.example/mcp"
    if parts.username is not None or parts.password is not None:
        return "a URL holds no name or password: give the token as docs/tools.md says"
    if parts.scheme == "https" or is_loopback(host):
        return None
    return _plain_problem(parts, host, plain_http=plain_http)


def _plain_problem(parts: SplitResult, host: str, *, plain_http: bool) -> str | None:
    secure = parts._replace(scheme="https").geturl()
    if not plain_http:
        return (
            f"http shows the token to the whole network: use {secure}, or set "
            "plain_http = true for a server in your own house"
        )
    if _is_address(host) and not is_private(host):
        return f"{host} is not in a private network: use {secure}"
    return None


def shows_token(url: str) -> bool:
    """Whether others on the network can read what is sent to `url`."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine itself, as far as its name tells."""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def is_private(address: str) -> bool:
    """Whether `address` is not reached over the internet (RFC 1918, 4193, 3927, 4291)."""
    plain = address.partition("%")[0]  # the zone of a link-local one
    return _is_address(plain) and not ip_address(plain).is_global


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
