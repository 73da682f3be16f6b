"""The page, the catalogue and the checks are one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import myna.doctor
from myna.doctor.ailments import AILMENTS, CHAPTERS
from myna.doctor.finding import PAGE, Finding, fail, ok, skipped, warn
from myna.doctor.page import heading, rewritten

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / PAGE).read_text()


def anchors(page: str) -> list[str]:
    """Return the anchors of a page's third-level headings, made as GitHub makes them."""
    headings = re.findall(r"^### (.+)$", page, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings]


def found_by_checks() -> set[str]:
    """Return every ailment that a check can find: each string of the sources that is one."""
    return {word for source in _sources() for word in _strings(source)} & set(AILMENTS)


def _sources() -> Iterator[Path]:
    folder = Path(myna.doctor.__file__).parent
    yield from (path for path in folder.glob("*.py") if path.name != "ailments.py")
    yield ROOT / "daemon/myna/cli/doctor.py"


def _strings(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_page_is_made_of_the_catalogue() -> None:
    assert rewritten(TEXT) == TEXT, f"python -m myna.doctor.page {PAGE}"


def test_every_ailment_has_its_anchor_and_every_anchor_its_ailment() -> None:
    assert anchors(TEXT) == list(AILMENTS)


def test_every_ailment_can_be_found() -> None:
    assert found_by_checks() == set(AILMENTS)


def test_no_ailment_stands_in_two_chapters() -> None:
    assert len(AILMENTS) == sum(map(len, CHAPTERS.values()))


@pytest.mark.parametrize("key", AILMENTS)
def test_heading_has_the_ailment_as_its_anchor(key: str) -> None:
    assert anchors(f"### {heading(key)}") == [key]


def test_finding_names_cure_and_anchor() -> None:
    finding = fail("key", "key-is-missing", "no API key")
    assert finding.as_json() == {
        "part": "key",
        "verdict": "fail",
        "measured": "no API key",
        "cure": AILMENTS["key-is-missing"].cure,
        "anchor": "docs/troubleshooting.md#key-is-missing",
    }
    assert warn("key", "key-is-missing", "").verdict == "warn"


@pytest.mark.parametrize("finding", [ok("disk", "empty"), skipped("disk", "none")])
def test_finding_of_nothing_wrong_has_no_cure(finding: Finding) -> None:
    assert (finding.cure, finding.anchor) == ("", "")


def test_finding_of_an_unknown_ailment_is_refused() -> None:
    with pytest.raises(KeyError):
        warn("disk", "disk-is-on-fire", "600 degrees")
