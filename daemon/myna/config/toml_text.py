"""Write plain values as TOML.

PURE. Only what the configuration holds: texts, numbers, truth values, paths, lists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def toml_value(value: object) -> str:
    """Return `value` as it stands right of the equals sign.

    Raises:
        TypeError: TOML, or this writer, has no such value (None is one).
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str() | Path():
            # JSON's escapes are TOML's; DEL is the one that TOML wants escaped beside them.
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
        case list() | tuple():
            return f"[{', '.join(toml_value(item) for item in value)}]"
        case Mapping():
            items = (f"{toml_key(key)} = {toml_value(item)}" for key, item in value.items())
            return f"{{{', '.join(items)}}}"
        case _:
            raise TypeError(f"TOML has no value for {type(value).__name__}")


def toml_key(*parts: str) -> str:
    """Return a dotted key, quoted where it must be."""
    return ".".join(part if _BARE_KEY.fullmatch(part) else toml_value(part) for part in parts)
