"""Strict reading of the client's JSON, in the words of Google's ProtoJSON parser. PURE.

`read_message` turns a text frame into a `ClientMessage` or raises `Refusal`. It knows
the tables of `schema.py` and no rule of meaning; those are in `rules.py`.

Wording: "Unknown name" was measured (Live API, closes with 1007); "Invalid value" and
"oneof" are the texts of the same parser (protobuf util/converter, proto_writer.cc).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

import msgspec

from myna.simulator.messages import ClientMessage
from myna.simulator.refusal import Refusal, invalid_argument
from myna.simulator.schema import ENUMS, SCALARS, Fields

_TYPES: Final = "type.googleapis.com/"
_PACKAGE: Final = "google.ai.generativelanguage.v1beta."
_JSON_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "bool": (bool,),
    "int32": (int,),
    "int64": (int, str),
    "float": (int, float),
}


def read_message(text: str, messages: Mapping[str, Fields]) -> ClientMessage:
    """Parse one text frame.

    Args:
        text: The frame.
        messages: One of the tables of `schema.py`.

    Raises:
        Refusal: It is not what the tables allow.
    """
    tree = Reader(messages).message("ClientMessage", _parse(text), "")
    return msgspec.convert(tree, ClientMessage)


def _parse(text: str) -> object:
    try:
        tree: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise Refusal(
            "Invalid JSON payload received. Unexpected token.", why=f"not JSON: {error}"
        ) from error
    if not isinstance(tree, dict):
        raise Refusal(
            'Invalid JSON payload received. Unknown name "": Root element must be a message.'
        )
    return tree


class Reader:
    """Walks a JSON tree along the tables; gives it back in camelCase, bytes decoded."""

    def __init__(self, messages: Mapping[str, Fields]) -> None:
        self._messages = messages

    def message(self, name: str, value: object, path: str) -> dict[str, object]:
        """Check the message `name` at `path` (proto notation, "" at the top)."""
        if not isinstance(value, dict):
            raise _invalid(path, _TYPES + _PACKAGE + name, value)
        fields = self._messages[name]
        tree: dict[str, object] = {}
        for key, item in value.items():
            field = key if key in fields else _camel(key)
            if field not in fields:
                raise _unknown(key, path)
            if name == "ClientMessage" and tree:
                raise _second_of_oneof(key)
            tree[field] = self._field(fields[field], item, _join(path, field))
        return tree

    def _field(self, kind: str, value: object, path: str) -> object:
        if value is None and kind != "value":
            raise invalid_argument(f"{path} is null: leave an absent field out")
        if kind.endswith("[]"):
            return self._repeated(kind[:-2], value, path)
        if kind.endswith("{}"):
            return self._map(kind[:-2], value, path)
        if kind in SCALARS:
            return _scalar(kind, value, path)
        if kind in ENUMS:
            return _enum(kind, value, path)
        return self.message(kind, value, path)

    def _repeated(self, kind: str, value: object, path: str) -> list[object]:
        if not isinstance(value, list):
            raise _invalid(path, _TYPES + _PACKAGE + kind, value)
        return [self._field(kind, item, f"{path}[{n}]") for n, item in enumerate(value)]

    def _map(self, kind: str, value: object, path: str) -> dict[str, object]:
        if not isinstance(value, dict):
            raise _invalid(path, "Map", value)
        return {
            key: self._field(kind, item, f"{path}[{n}].value")
            for n, (key, item) in enumerate(value.items())
        }


def _scalar(kind: str, value: object, path: str) -> object:
    if kind == "value":
        return value
    if kind == "struct":
        return _struct(value, path)
    if kind == "bytes":
        return _bytes(value, path)
    is_bool = isinstance(value, bool)
    if is_bool != (kind == "bool") or not isinstance(value, _JSON_TYPES[kind]):
        raise _invalid(path, f"TYPE_{kind.upper()}", value)
    return value


def _struct(value: object, path: str) -> object:
    if not isinstance(value, dict):
        raise _invalid(path, f"{_TYPES}google.protobuf.Struct", value)
    return value


def _bytes(value: object, path: str) -> bytes:
    """Decode either base64 alphabet, padded or not (ProtoJSON mapping of `bytes`)."""
    if not isinstance(value, str):
        raise _invalid(path, "TYPE_BYTES", value)
    standard = value.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refusal(
            f"Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed for \"{value}\"",
            why=f"{path} is not base64",
        ) from error


def _enum(kind: str, value: object, path: str) -> object:
    if value not in ENUMS[kind]:
        raise _invalid(path, _TYPES + _PACKAGE + kind, value)
    return value


def _unknown(name: str, path: str) -> Refusal:
    where = f" at '{path}'" if path else ""
    return Refusal(
        f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'
    )


def _invalid(path: str, kind: str, value: object) -> Refusal:
    shown = msgspec.json.encode(value).decode()
    return Refusal(f"Invalid value at '{path}' ({kind}), {shown}")


def _second_of_oneof(name: str) -> Refusal:
    return Refusal(
        f"Invalid value (oneof), oneof field 'message_type' is already set. Cannot set '{name}'",
        why=f"one message holds one top-level key; {name} is a second one",
    )


def _join(path: str, field: str) -> str:
    name = re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), field)
    return f"{path}.{name}" if path else name


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)
