"""The drawings of docs/hardware.md are wired as the header and the configuration say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from gpiozero.pins.pi import PiBoardInfo

from myna_hardware.wiring.drawings import DRAWINGS, Drawing
from myna_hardware.wiring.header import NAMES, place
from myna_hardware.wiring.picture import svg, write

DOCS = Path(__file__).parents[2] / "docs"
LARGEST_BYTES = 12_000
ZERO_2_W = 0x902120
SPI0 = {"GPIO10"}
"""What every row of pixels on SPI takes; those with a clock take GPIO11 as well."""


def by_name(one: Drawing) -> str:
    """Return the name of a test's case."""
    return one.name


def configuration_of(one: Drawing) -> dict[str, dict[str, object]]:
    """Return the first configuration that the page gives after the drawing."""
    page = (DOCS / "hardware.md").read_text(encoding="utf-8")
    after = page.partition(f"(wiring/{one.name}.svg)")[2]
    block = re.search(r"^```toml\n(.*?)^```$", after, re.MULTILINE | re.DOTALL)
    assert block is not None
    return tomllib.loads(block[1])


def configured_pins(sections: dict[str, dict[str, object]]) -> set[str]:
    """Return the GPIOs that a configuration takes."""
    keys = {
        f"GPIO{value}"
        for section in sections.values()
        for key, value in section.items()
        if key.endswith("pin")
    }
    driver = sections.get("lights", {}).get("driver")
    return keys | {"apa102": SPI0 | {"GPIO11"}, "neopixel": SPI0}.get(str(driver), set())


def test_header_is_that_of_a_pi() -> None:
    pins = PiBoardInfo.from_revision(ZERO_2_W).headers["J8"].pins
    assert dict(enumerate(NAMES, start=1)) == {number: pin.name for number, pin in pins.items()}


@pytest.mark.parametrize("one", DRAWINGS, ids=by_name)
def test_drawing_in_the_docs_is_what_the_data_say(one: Drawing) -> None:
    text = (DOCS / "wiring" / f"{one.name}.svg").read_text(encoding="utf-8")
    assert text == svg(one), "run: python -m myna_hardware.wiring.picture docs"
    assert len(text.encode()) < LARGEST_BYTES


@pytest.mark.parametrize("one", DRAWINGS, ids=by_name)
def test_drawing_uses_the_pins_that_its_configuration_names(one: Drawing) -> None:
    drawn = {NAMES[wire.pin - 1] for wire in one.wires} | {NAMES[pin - 1] for pin in one.plugged}
    sound_of_the_hat = {"GPIO2", "GPIO3", "GPIO18", "GPIO19", "GPIO20", "GPIO21"}
    taken = {name for name in drawn if name.startswith("GPIO")}
    assert taken - (sound_of_the_hat if one.plugged else set()) == configured_pins(
        configuration_of(one)
    )


@pytest.mark.parametrize("one", DRAWINGS, ids=by_name)
def test_drawing_colours_and_names_the_pins_that_it_uses(one: Drawing) -> None:
    root = ET.fromstring(svg(one))  # noqa: S314 (our own)
    colours = {
        (float(circle.attrib["cx"]), float(circle.attrib["cy"])): circle.attrib["fill"]
        for circle in root.findall(".//{*}circle")
    }
    words = [text.text for text in root.findall(".//{*}text")]
    for pin, colour in one.used.items():
        assert colours[place(pin)] == colour
        assert NAMES[pin - 1] in words


def test_writing_the_drawings_anew_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path)
    written = {path.name: path.read_text() for path in (tmp_path / "wiring").iterdir()}
    assert written == {path.name: path.read_text() for path in (DOCS / "wiring").iterdir()}
