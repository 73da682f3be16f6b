"""How a message is written: its keys, and its base64. PURE.

ProtoJSON lets a sender choose both (JSON mapping of proto3, "Field names", "bytes").
"""

from __future__ import annotations

import base64
import re
from typing import Final

_FREE: Final = frozenset({"args"})
"""What stands under these keys is the model's own JSON, not a message."""


def spell(value: object, *, is_snake: bool, is_url: bool) -> object:
    """Return `value` with its keys and bytes written as asked for.

    Args:
        value: A message in camelCase, with `bytes` where base64 goes.
        is_snake: `server_content` instead of `serverContent`.
        is_url: The alphabet with `-` and `_`.
    """
    if isinstance(value, dict):
        return {
            _key(key, is_snake=is_snake): item
            if key in _FREE
            else spell(item, is_snake=is_snake, is_url=is_url)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [spell(item, is_snake=is_snake, is_url=is_url) for item in value]
    if isinstance(value, bytes):
        encode = base64.urlsafe_b64encode if is_url else base64.b64encode
        return encode(value).decode()
    return value


def _key(key: str, *, is_snake: bool) -> str:
    if not is_snake:
        return key
    return re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), key)
