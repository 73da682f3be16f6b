"""One line for each call of a tool: who asked, for what, and what came of it.

PURE. The line goes to the logger `myna.audit`, so `journalctl -u myna` shows what the
model has done to the house, and `grep audit` nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from myna.redaction import redact
from myna.tools.answer import Answer

LIMIT: Final = 200
"""Characters of arguments or of an outcome; a model can send megabytes."""


Redact: TypeAlias = Callable[[str], str]
"""Masks secrets in a text. It comes before the cut, which would leave a part of one."""


def call_line(name: str, arguments: Mapping[str, object], redact: Redact = redact) -> str:
    """Return a call as a person would write it: `set_output(name="lamp", on=true)`."""
    words = ", ".join(
        f"{_cut(redact(key), 40)}={_value(value, redact)}" for key, value in arguments.items()
    )
    return f"{_cut(redact(name), 80)}({_cut(words, LIMIT)})"


def audit_line(who: str, call: str, answer: Answer | None, redact: Redact = redact) -> str:
    """Return the line.

    Args:
        who: Who asked: "model" or "command".
        call: From `call_line`.
        answer: What came of it; None where the caller did not wait for it.
        redact: Masks secrets.
    """
    if answer is None:
        return f"{who}: {call}: cancelled"
    if answer.is_ok:
        outcome = "done before" if answer.is_repeat else "done"
    else:
        outcome = "not done: " + _cut(redact(str(answer.response["error"])), LIMIT)
    return f"{who}: {call}: {outcome} ({answer.ms:g} ms)"


def _value(value: object, redact: Redact) -> str:
    try:
        return json.dumps(_masked(value, redact), default=str, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        return "?"


def _masked(value: object, redact: Redact) -> object:
    match value:
        case str():
            return redact(value)
        case Mapping():
            return {redact(str(key)): _masked(item, redact) for key, item in value.items()}
        case list() | tuple():
            return [_masked(item, redact) for item in value]
        case _:
            return value


def _cut(text: str, limit: int) -> str:
    plain = "".join(char if char.isprintable() else "?" for char in text[: limit + 1])
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"
