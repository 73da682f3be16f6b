"""The drawings as pictures, on paper of their own: dark and light pages do not matter.

`python -m myna_hardware.wiring.picture docs` writes them anew; a test keeps them equal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from myna_hardware.wiring.drawings import DRAWINGS, Drawing, Wire
from myna_hardware.wiring.header import PITCH, Point, exit_of, header, place
from myna_hardware.wiring.parts import INK, wire

HEAD: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 470" width="560" height="470" '
    f'font-family="sans-serif" font-size="11" fill="{INK}">'
)


def svg(drawing: Drawing) -> str:
    """Return the picture."""
    lines = [
        HEAD,
        f"<title>{drawing.title}</title>",
        '<rect width="560" height="470" rx="10" fill="#fbfbf8"/>',
        f'<text x="18" y="25" font-size="15" font-weight="bold">{drawing.title}</text>',
        *header(drawing.used),
        *(wire(one.colour, _way(one)) for one in drawing.wires),
        *drawing.parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _way(one: Wire) -> Iterator[Point]:
    """Lead a wire out of its pin and between two rows, off the board."""
    x, y = place(one.pin)
    yield x + 5, y + 5
    yield x + PITCH / 2, y + PITCH / 2
    yield exit_of(one.pin)
    yield from one.points


def write(folder: Path) -> None:
    """Write the drawings into `folder`/wiring."""
    (folder / "wiring").mkdir(exist_ok=True)
    for drawing in DRAWINGS:
        (folder / "wiring" / f"{drawing.name}.svg").write_text(svg(drawing))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
