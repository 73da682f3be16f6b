"""How the server says no: a close frame with Google's own words. PURE."""

from __future__ import annotations

from typing import Final

from myna.simulator.endings import ENDINGS

REASON_BYTES: Final = 123
"""A close frame carries at most 125 bytes, two of them the code (RFC 6455, 5.5)."""

INVALID_PAYLOAD: Final = 1007
POLICY_VIOLATION: Final = 1008


class Refusal(Exception):  # noqa: N818 - it is an answer to the client, not a fault of ours
    """The server ends the connection because of what the client sent.

    Attributes:
        code: WebSocket close code.
        reason: What the real server writes, cut to what a close frame holds.
        why: The same for a person: what was wrong, when the reason does not say it.
    """

    def __init__(self, reason: str, *, code: int = INVALID_PAYLOAD, why: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = cut(reason)
        self.why = why or reason

    def __str__(self) -> str:
        return f"{self.code} {self.why}"


def cut(reason: str) -> str:
    """Shorten `reason` to what fits a close frame, as the real server does, mid-word."""
    return reason.encode()[:REASON_BYTES].decode(errors="ignore")


def refusal(name: str, why: str = "") -> Refusal:
    """Refuse with one of the known endings."""
    ending = ENDINGS[name]
    return Refusal(ending.reason, code=ending.code, why=why)


def invalid_argument(why: str) -> Refusal:
    """Refuse a field that exists with a value that the model cannot use."""
    return refusal("invalid_argument", why)


def not_setup_first() -> Refusal:
    """Refuse a first message that is no setup, and a second setup."""
    return refusal("setup_twice")


def unknown_model(model: str, version: str) -> Refusal:
    """Refuse a model that does not exist, or does no longer."""
    return Refusal(
        f"{model} is not found for API version {version}, or is not supported for "
        "bidiGenerateContent. Call ListModels to see the list of available models and their "
        "supported methods.",
        code=POLICY_VIOLATION,
    )
