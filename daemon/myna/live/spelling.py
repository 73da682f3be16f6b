"""The server's JSON in the one spelling that the Structs read.

PURE. ProtoJSON lets a sender choose: keys in camelCase or snake_case, bytes in either
base64 alphabet, padded or not (protobuf, ProtoJSON format). What a tool's arguments are
called is the tool's own matter and stays as it is.
"""

from __future__ import annotations

import re
from typing import Final

_SNAKE: Final = re.compile("_([a-z0-9])")
_URL_SAFE: Final = str.maketrans("-_", "+/")
_FREE: Final = frozenset({"args"})
"""Keys whose value has keys of its own: a protobuf Struct."""
_BYTES: Final = frozenset({"data", "thoughtSignature"})


def respelled(tree: object) -> object:
    """Return parsed JSON with camelCase keys, standard base64, and without nulls.

    Raises:
        RecursionError: It is nested too deep.
    """
    if isinstance(tree, dict):
        named = ((_camel(key), value) for key, value in tree.items() if value is not None)
        return {name: _value(name, value) for name, value in named}
    if isinstance(tree, list):
        return [respelled(each) for each in tree]
    return tree


def _camel(key: str) -> str:
    return _SNAKE.sub(lambda match: match[1].upper(), key)


def _value(name: str, value: object) -> object:
    if name in _FREE:
        return value
    if name in _BYTES and isinstance(value, str):
        return _standard_base64(value)
    return respelled(value)


def _standard_base64(text: str) -> str:
    """Return padded base64 in the standard alphabet; what is none stays none."""
    bare = text.translate(_URL_SAFE)
    return bare if bare.endswith("=") else bare + "=" * (-len(bare) % 4)
