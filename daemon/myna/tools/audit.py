"""One line for each call of a tool: who asked, for what, and what came of it.

PURE. The line goes to the logger `myna.audit`, so `journalctl -u myna` shows what the
model has done to the house, and `grep audit` nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from myna.tools.answer import Answer

LIMIT: Final = 200
"""Characters of arguments or of an outcome; a model can send megabytes."""


def call_line(name: str, arguments: Mapping[str, object]) -> str:
    """Return a call as a person would write it: `set_output(name="lamp", on=true)`."""
    words = ", ".join(f"{_cut(key, 40)}={_value(value)}" for key, value in arguments.items())
    return f"{_cut(name, 80)}({_cut(words, LIMIT)})"


def audit_line(who: str, call: str, answer: Answer) -> str:
    """Return the line.

    Args:
        who: Who asked: "model" or "command".
        call: From `call_line`.
        answer: What came of it.
    """
    if answer.is_ok:
        outcome = "done before" if answer.is_repeat else "done"
    else:
        outcome = "not done: " + _cut(str(answer.response.get("error", "")), LIMIT)
    return f"{who}: {call}: {outcome} ({answer.ms:g} ms)"


def _value(value: object) -> str:
    try:
        return _cut(json.dumps(value, default=str), LIMIT)
    except (ValueError, RecursionError):
        return "?"


def _cut(text: str, limit: int) -> str:
    plain = "".join(char if char.isprintable() else "?" for char in text[: limit + 1])
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"
