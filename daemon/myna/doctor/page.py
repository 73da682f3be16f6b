"""Writes what the doctor can find into the troubleshooting page.

python -m myna.doctor.page docs/troubleshooting.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from myna.doctor.ailments import CHAPTERS

BEGIN: Final = "<!-- made by python -m myna.doctor.page -->"
END: Final = "<!-- end -->"
_BETWEEN: Final = re.compile(f"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})", re.DOTALL)


def sections() -> str:
    """Return a section for each ailment, by chapter."""
    return "\n".join(_lines())


def rewritten(page: str) -> str:
    """Return `page` with the sections as they are now."""
    return _BETWEEN.sub(lambda _: sections(), page)


def heading(key: str) -> str:
    """Return the heading whose anchor is `key`, as GitHub makes anchors."""
    return key.replace("-", " ").capitalize()


def _lines() -> Iterator[str]:
    for title, chapter in CHAPTERS.items():
        yield from (f"\n## {title}", "")
        for key, ailment in chapter.items():
            yield from (f"### {heading(key)}", "", ailment.meaning, "", f"Do: {ailment.cure}", "")


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(rewritten(path.read_text(encoding="utf-8")), encoding="utf-8")
