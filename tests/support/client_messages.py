"""Messages of a client, right and wrong, and the words in which wrong ones are refused."""

from __future__ import annotations

import json
from typing import Any, Final

from support.raw_client import setup_message

INVALID: Final = "Request contains an invalid argument."
NOT_FIRST: Final = "setup must be the first message and only the first"


def unknown(name: str, where: str = "") -> str:
    """Return the words for a field that does not exist."""
    at = f" at '{where}'" if where else ""
    return f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'


def tool(**declaration: object) -> list[dict[str, Any]]:
    """Return tools with one function, declared with these fields beside its name."""
    return [{"functionDeclarations": [{"name": "look", **declaration}]}]


def generation(**config: object) -> dict[str, Any]:
    """Return a setup with this in generationConfig."""
    return setup_message(generationConfig={"responseModalities": ["AUDIO"], **config})


def user(**members: object) -> dict[str, Any]:
    """Return a realtimeInput of these members."""
    return {"realtimeInput": members}


def as_id(value: object) -> str:
    """Shorten a test's parameter to its name."""
    return json.dumps(value)[:60]
