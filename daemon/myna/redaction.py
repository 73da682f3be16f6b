"""What must never be read by anyone: API keys in texts.

PURE. Masks what looks like a key, and the exact secrets that were registered.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

MASK: Final = "[secret]"
_SHORTEST_SECRET: Final = 6
"""Shorter ones would mask ordinary words, and an empty one every gap between letters."""

_SECRETS_KEPT: Final = 128
_TOKENS_KEPT: Final = 16
"""A speaker with tokens has a new one for every session; a spent one shows itself by its
looks, so the older ones need not be known any more. A password must be, for good."""

_KEY: Final = re.compile(
    r"AIza[0-9A-Za-z_\-]{10,}"  # Google Cloud API keys
    r"|\bAQ\.[0-9A-Za-z_\-]{20,}"  # the newer keys of Google AI Studio
    r"|auth_tokens(?:/|%2[Ff])[^\s\"'&,)\]}]+"  # Live API, ephemeral tokens
)
_NAMED: Final = re.compile(
    r"(\b(?:key|api_?key|access_(?:token|key))=[\"']?"
    r"|x-goog-api-key[\"']?\s*[:=,]\s*[\"']?"
    r"|authorization[\"']?\s*[:=,]\s*[\"']?(?:bearer |token )?)"
    r"(?!\[secret\])[^\s\"'&,)\]}]+",  # what is masked already stays as it is
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
        self._forms: tuple[str, ...] = ()

    def hide(self, secret: str) -> None:
        """Mask `secret` from now on: as it is, as it stands in a URL, and in base64."""
        if len(secret) < _SHORTEST_SECRET or secret in self._secrets[-1:]:
            return
        others = tuple(other for other in self._secrets if other != secret)
        tokens = [known for known in (*others, secret) if has_secret(known)]
        spent = frozenset(tokens[:-_TOKENS_KEPT])
        kept = (known for known in (*others, secret) if known not in spent)
        self._secrets = tuple(kept)[-_SECRETS_KEPT:]
        forms = {form for known in self._secrets for form in _forms(known)}
        self._forms = tuple(sorted(forms, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """Return `text` without any secret."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return redact(text)


def _forms(secret: str) -> Iterator[str]:
    """Yield how `secret` may stand in a text."""
    yield secret
    yield quote(secret)
    yield quote(secret, safe="")
    for offset in range(3):
        core = _base64_core(secret.encode(), offset)
        yield core
        yield core.replace("+", "-").replace("/", "_")


def _base64_core(secret: bytes, offset: int) -> str:
    """Return the letters of base64 that are the secret's alone.

    Args:
        secret: It stands anywhere in what was encoded.
        offset: How many bytes stand before it, modulo 3; it shares letters with those.
    """
    encoded = b64encode(bytes(offset) + secret).decode()
    first = -(-offset * 8 // 6)
    return encoded[first : (offset + len(secret)) * 8 // 6]
