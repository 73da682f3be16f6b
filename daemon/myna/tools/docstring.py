"""Read a Google-style docstring: what a function does, and what each argument means.

PURE.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_SECTION: Final = re.compile(r"(?:Args|Returns|Raises|Yields|Examples?|Notes?|Attributes):")
_ARGUMENT: Final = re.compile(r"(\w+)(?: \([^)]*\))?: *(.*)")
_INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Documented:
    """What a docstring says, on one line each.

    Attributes:
        description: Everything before the first section.
        arguments: The words of the `Args:` section, by argument.
    """

    description: str
    arguments: Mapping[str, str]


def parse_docstring(docstring: str) -> Documented:
    """Read `docstring`."""
    sections: dict[str, list[str]] = {"": []}
    section = ""
    for line in inspect.cleandoc(docstring).splitlines():
        if _SECTION.fullmatch(line):
            section = line
            sections[section] = []
        else:
            sections[section].append(line)
    return Documented(_joined(sections[""]), _arguments(sections.get("Args:", [])))


def _arguments(lines: list[str]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        text = line.removeprefix(_INDENT)
        found = None if text.startswith(" ") else _ARGUMENT.fullmatch(text)
        if found:
            name = found[1]
            texts[name] = [found[2]]
        elif name:
            texts[name].append(text)
    return {name: _joined(words) for name, words in texts.items()}


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
