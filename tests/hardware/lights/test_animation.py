"""The pictures of docs/hardware.md are what the lights do."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from myna_hardware.interfaces import Pattern
from myna_hardware.lights.animation import PLAIN, ROW, svg, table, tracks, write
from myna_hardware.lights.pictures import PICTURES, Picture

DOCS = Path(__file__).parents[3] / "docs"
LARGEST_BYTES = 15_000


def picture(name: str) -> Picture:
    return next(one for one in PICTURES if one.name == name)


@pytest.mark.parametrize("one", PICTURES, ids=lambda one: one.name)
def test_picture_in_the_docs_is_what_the_lights_do(one: Picture) -> None:
    text = (DOCS / "lights" / f"{one.name}.svg").read_text()
    assert text == svg(one), "run: python -m myna_hardware.lights.animation docs"
    assert len(text) < LARGEST_BYTES


def test_docs_show_all_pictures_and_no_others() -> None:
    assert table() in (DOCS / "hardware.md").read_text()
    files = {path.stem for path in (DOCS / "lights").iterdir()}
    assert files == {one.name for one in PICTURES}


def test_pictures_show_every_pattern() -> None:
    assert {one.scene_at(0).pattern for one in PICTURES} >= set(Pattern)


@pytest.mark.parametrize("one", PICTURES, ids=lambda one: one.name)
def test_picture_is_a_lamp_and_a_row_of_twelve_that_browsers_can_read(one: Picture) -> None:
    root = ET.fromstring(svg(one))  # noqa: S314 (our own)
    circles = root.findall(".//{*}circle")
    assert len({(circle.get("cx"), circle.get("cy")) for circle in circles}) == 13
    for animation in root.findall(".//{*}animate"):
        times = [float(time) for time in animation.attrib["keyTimes"].split(";")]
        assert times[0] == 0
        assert times == sorted(set(times))
        assert times[-1] < 1
        assert len(times) == len(animation.attrib["values"].split(";"))


def test_picture_of_a_blink_changes_when_the_light_does() -> None:
    (track,) = tracks(picture("starting"), PLAIN, 1.0)
    assert track == ((0.0, "#ffffff"), (0.5, "#222222"))


def test_picture_of_a_dot_moves_it_evenly() -> None:
    rows = tracks(picture("thinking"), ROW, 1.2)
    starts = sorted(next(at_s for at_s, colour in track if colour == "#2264ff") for track in rows)
    assert starts == pytest.approx([step / 10 for step in range(12)], abs=1e-5)


def test_writing_the_docs_anew_changes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "hardware.md"
    page.write_text((DOCS / "hardware.md").read_text())
    write(tmp_path)
    assert page.read_text() == (DOCS / "hardware.md").read_text()
    assert {path.name for path in (tmp_path / "lights").iterdir()} == {
        f"{one.name}.svg" for one in PICTURES
    }
