"""The upgrade request: which method, which credential. PURE.

Source: Live API reference, "Connect"; SDK 3.4 `live.py` for the header form; the
wording for unknown parameters was seen in BerriAI/litellm#31708.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import parse_qs, urlsplit

from myna.simulator.refusal import Refusal, refusal

_PATH: Final = re.compile(
    r"/ws/google\.ai\.generativelanguage\.(v1|v1beta|v1alpha)\.GenerativeService"
    r"\.BidiGenerateContent(Constrained)?"
)
_PARAMETERS: Final = frozenset({"key", "access_token", "alt"})

Credential = Literal["header", "query", "token"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a client connected to.

    Attributes:
        version: Version of the API.
        takes_token: Whether it is the method for ephemeral tokens.
    """

    version: str
    takes_token: bool


def parse_path(target: str) -> Endpoint | None:
    """Find the method that a request target names; None answers with 404."""
    match = _PATH.fullmatch(urlsplit(target).path)
    return Endpoint(match[1], takes_token=match[2] is not None) if match else None


def check_parameters(target: str) -> None:
    """Refuse query parameters that the method does not have."""
    for name in parse_qs(urlsplit(target).query, keep_blank_values=True):
        if name not in _PARAMETERS:
            raise Refusal(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
                f"parameter. Field '{name}' could not be found in request."
            )


def find_credential(
    endpoint: Endpoint, target: str, headers: Mapping[str, str]
) -> tuple[Credential, str]:
    """Return how the client identified itself, and with what.

    Raises:
        Refusal: It did not, or with a credential for the other method.
    """
    query = parse_qs(urlsplit(target).query)
    if endpoint.takes_token:
        scheme, _, authorization = headers.get("Authorization", "").partition(" ")
        token = query.get("access_token", [authorization if scheme == "Token" else ""])[0]
        found: tuple[Credential, str] = ("token", token)
    elif "x-goog-api-key" in headers:
        found = ("header", headers["x-goog-api-key"])
    else:
        found = ("query", query.get("key", [""])[0])
    if not found[1]:
        raise refusal("unregistered")
    return found


def check_credential(given: str, accepted: str | None) -> None:
    """Refuse a credential other than `accepted`; None accepts all."""
    if accepted is not None and given != accepted:
        raise refusal("key_invalid")
