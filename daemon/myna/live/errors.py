"""Errors that only the Live session knows."""

from __future__ import annotations

from myna.errors import ConnectError


class UpgradeRefusedError(ConnectError):
    """The peer answered HTTP instead of opening a WebSocket.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem, is_network=False)
        self.status = status


class CertificateError(ConnectError):
    """The peer's certificate does not verify, so nothing was said to it.

    Attributes:
        code: OpenSSL's reason.
    """

    def __init__(self, code: int, problem: str) -> None:
        super().__init__(problem, is_network=True)
        self.code = code
