"""Words of somebody else's, as far as they are shown or told. PURE."""

from __future__ import annotations


def plain_words(text: str, longest: int) -> str:
    """Return `text` on one line, without control characters, cut to `longest`."""
    some = text[: 4 * longest]
    words = "".join(char if char.isprintable() else " " for char in some).split()
    plain = " ".join(words)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
