"""What must never be read by anyone: API keys in texts.

PURE. Masks what looks like a key, and the exact secrets that were registered.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

MASK: Final = "[secret]"
_SHORTEST_SECRET: Final = 6
"""Shorter ones would mask ordinary words, and an empty one every gap between letters."""

_KEY: Final = re.compile(
    r"AIza[0-9A-Za-z_\-]{10,}"  # Google Cloud API keys
    r"|\bAQ\.[0-9A-Za-z_\-]{20,}"  # the newer keys of Google AI Studio
    r"|auth_tokens(?:/|%2[Ff])[^\s\"'&,)\]}]+"  # Live API, ephemeral tokens
)
_NAMED: Final = re.compile(
    r"(\b(?:key|api_?key|access_(?:token|key))=[\"']?"
    r"|x-goog-api-key[\"']?\s*[:=,]\s*[\"']?"
    r"|authorization[\"']?\s*[:=,]\s*[\"']?(?:bearer |token )?)"
    r"[^\s\"'&,)\]}]+",
    re.IGNORECASE,
)


def has_secret(text: str) -> bool:
    """Whether `text` holds what looks like an API key or an ephemeral token."""
    return _KEY.search(text) is not None


def redact(text: str) -> str:
    """Mask everything in `text` that looks like a key or is named like one."""
    return _NAMED.sub(lambda found: found[1] + MASK, _KEY.sub(MASK, text))


class Redaction:
    """Masks keys by their looks, and the secrets of this run exactly."""

    def __init__(self) -> None:
        self._secrets: tuple[str, ...] = ()

    def hide(self, secret: str) -> None:
        """Mask `secret` from now on, as it is and as it stands in a URL."""
        if len(secret) < _SHORTEST_SECRET:
            return
        known = {*self._secrets, secret, quote(secret, safe="")}
        self._secrets = tuple(sorted(known, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """Return `text` without any secret."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return redact(text)
