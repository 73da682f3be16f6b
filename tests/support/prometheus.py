"""The text format as Prometheus reads it: strictly, by its documented grammar."""

from __future__ import annotations

import re
from typing import TypeAlias

Key: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]

_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\.)*)"(?:,|$)')
_ESCAPES = {r"\\": "\\", r"\n": "\n", r"\"": '"'}


def parse(text: str) -> dict[Key, float]:
    """Return each sample by its name and labels; what is no such text is an error."""
    assert text.endswith("\n")
    kinds: dict[str, str] = {}
    samples: dict[Key, float] = {}
    for line in text[:-1].split("\n"):
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in kinds
            kinds[name] = kind
        elif not line.startswith("# HELP "):
            key, value = _sample(line)
            assert key not in samples
            assert kinds[key[0]] != "counter" or key[0].endswith("_total") or len(key[0]) == 1
            samples[key] = value
    return samples


def _sample(line: str) -> tuple[Key, float]:
    found = _SAMPLE.fullmatch(line)
    assert found, line
    labels = tuple((name, _plain(value)) for name, value in _LABEL.findall(found[2] or ""))
    assert "".join(match[0] for match in _LABEL.finditer(found[2] or "")) == (found[2] or "")
    return (found[1], labels), float(found[3])


def _plain(value: str) -> str:
    return re.sub(r"\\.", lambda match: _ESCAPES[match[0]], value)
