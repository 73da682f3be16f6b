"""What the model calls a tool of a server.

PURE. The Live API takes names of at most 128 of `A-Za-z0-9_.:-` that begin with a letter
or `_` (google-genai 3.4, FunctionDeclaration); MCP itself only advises such names.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

LONGEST: Final = 128
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")
_FOREIGN: Final = re.compile(r"[^A-Za-z0-9_.:-]+")
_MARK: Final = 8
"""Hexadecimal digits that keep two long names apart."""


def is_name(text: str) -> bool:
    """Whether the Live API takes `text` as the name of a tool."""
    return len(text) <= LONGEST and _NAME.fullmatch(text) is not None


def declared_name(name: str, prefix: str = "") -> str:
    """Return the name under which a tool is declared; the same one each time.

    Args:
        name: The server's.
        prefix: A name itself, or empty.
    """
    whole = prefix + _FOREIGN.sub("_", name)
    if not _NAME.match(whole):
        whole = f"_{whole}"
    if len(whole) <= LONGEST:
        return whole
    mark = sha256(name.encode("utf-8", "replace")).hexdigest()[:_MARK]
    return f"{whole[: LONGEST - _MARK - 1]}_{mark}"
