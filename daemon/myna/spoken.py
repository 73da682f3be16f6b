"""Names as people say them.

PURE.
"""

from __future__ import annotations


def spoken_words(name: str) -> str:
    """Return `name` as somebody would say it: `Desk_Lamp` and `desk lamp` are the same."""
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
