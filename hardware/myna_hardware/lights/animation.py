"""The animations and the table of docs/hardware.md, drawn by what draws the lights.

`python -m myna_hardware.lights.animation docs` writes them anew; a test keeps them equal.
Each picture shows one plain LED, and under it a row of twelve pixels.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from myna_hardware.lights.colours import Colour, Colours, look_of
from myna_hardware.lights.dimming import dimmed
from myna_hardware.lights.drawing import draw
from myna_hardware.lights.pictures import PICTURES, SAMPLE_S, Picture
from myna_hardware.lights.scene import Canvas

PLAIN: Final = Canvas(count=1, has_colour=False)
ROW: Final = Canvas(count=12)
VOICE_S: Final = 0.5
"""How long a syllable of the voice takes that the pictures follow."""

BEGIN: Final = "<!-- lights: made by myna_hardware.lights.animation -->"
END: Final = "<!-- end of lights -->"

Track = tuple[tuple[float, str], ...]
"""When a pixel takes which colour."""


def svg(picture: Picture) -> str:
    """Return the animation of `picture`."""
    row_s = picture.row_loop_s or picture.loop_s
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 250 60" width="250" height="60">',
        f"<title>{picture.name}: {picture.looks[0]}; a row: {picture.looks[1]}</title>",
        '<rect width="250" height="60" rx="8" fill="#181818"/>',
        *_pixels(picture, PLAIN, picture.loop_s, y=17),
        *_pixels(picture, ROW, row_s, y=43),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def table() -> str:
    """Return the table that shows all of them."""
    head = [
        "| | one LED, and a row | says | one LED | RGB LED, row |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows = [
        f"| {picture.name.replace('-', ', ')} | ![{picture.name}](lights/{picture.name}.svg) "
        f"| {picture.means} | {' | '.join(picture.looks)} |"
        for picture in PICTURES
    ]
    return "\n".join([BEGIN, *head, *rows, END])


def tracks(picture: Picture, canvas: Canvas, loop_s: float) -> dict[Track, list[int]]:
    """Return what the pixels do in one loop, with those that do it alike."""
    moments = list(_moments(picture, canvas, loop_s))
    alike: dict[Track, list[int]] = {}
    for pixel in range(canvas.count):
        track = _changes([(at_s, _hex(colours[pixel])) for at_s, colours in moments])
        alike.setdefault(track, []).append(pixel)
    return alike


def _moments(picture: Picture, canvas: Canvas, loop_s: float) -> Iterator[tuple[float, Colours]]:
    at_s = 0.0
    while at_s < loop_s - 1e-6:
        scene = picture.scene_at(at_s)
        level = (1 - math.cos(2 * math.pi * at_s / VOICE_S)) / 2 if picture.has_voice else None
        drawing = draw(scene, at_s, level, canvas)
        yield at_s, dimmed(drawing.colours, scene, 1.0)
        is_sampled = picture.has_voice or scene.volume is not None
        lasts_s = loop_s if drawing.lasts_s is None else drawing.lasts_s
        at_s = round(at_s + (min(lasts_s, SAMPLE_S) if is_sampled else lasts_s), 6)


def _changes(track: list[tuple[float, str]]) -> Track:
    """Leave out what repeats the colour before."""
    return tuple(
        (at_s, colour)
        for at, (at_s, colour) in enumerate(track)
        if at == 0 or colour != track[at - 1][1]
    )


def _pixels(picture: Picture, canvas: Canvas, loop_s: float, y: int) -> Iterator[str]:
    for track, pixels in tracks(picture, canvas, loop_s).items():
        circles = "".join(f'<circle cx="{15 + 20 * pixel}" cy="{y}" r="7"/>' for pixel in pixels)
        yield f'<g fill="{track[0][1]}">{circles}{_animate(track, loop_s)}</g>'


def _animate(track: Track, loop_s: float) -> str:
    if len(track) == 1:
        return ""
    times = ";".join(f"{at_s / loop_s:.4g}" for at_s, _ in track)
    values = ";".join(colour for _, colour in track)
    return (
        f'<animate attributeName="fill" dur="{loop_s:g}s" repeatCount="indefinite" '
        f'calcMode="discrete" keyTimes="{times}" values="{values}"/>'
    )


def _hex(light: Colour) -> str:
    """Return the colour on a screen; a lamp that is out is seen, too."""
    red, green, blue = (round(34 + 221 * min(1.0, part)) for part in look_of(light))
    return f"#{red:02x}{green:02x}{blue:02x}"


def write(folder: Path) -> None:
    """Write the pictures into `folder`/lights, and the table into `folder`/hardware.md."""
    (folder / "lights").mkdir(exist_ok=True)
    for picture in PICTURES:
        (folder / "lights" / f"{picture.name}.svg").write_text(svg(picture))
    page = folder / "hardware.md"
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(before + table() + rest.partition(END)[2])


if __name__ == "__main__":
    write(Path(sys.argv[1]))
