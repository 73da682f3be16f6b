"""Draw the picture that the demo's camera shows: a myna on a branch.

Run by developers; the JPEG is committed. It needs, in an environment of its own,
`pip install pillow`. Then

    python daemon/myna/demo/make_picture.py daemon/myna/demo/bird.jpg
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw  # type: ignore[import-not-found]  # no dependency of the project

SIZE: Final = (640, 480)
SKY, BARK, LEAF = "#bfe3f2", "#6b4a2b", "#5d9a4a"
PLUMAGE, WING, YELLOW, EYE = "#17171b", "#2e2e36", "#f6c21c", "#f4f4f4"

SHAPES: Final = (
    # The branch and its leaves.
    ("polygon", [(0, 372), (640, 330), (640, 352), (0, 402)], BARK),
    ("ellipse", [(60, 318), (150, 372)], LEAF),
    ("ellipse", [(520, 278), (618, 336)], LEAF),
    ("ellipse", [(560, 352), (630, 398)], LEAF),
    # Tail, legs, body, wing, head.
    ("polygon", [(400, 282), (520, 408), (478, 424), (362, 312)], PLUMAGE),
    ("polygon", [(292, 320), (302, 320), (302, 372), (292, 372)], YELLOW),
    ("polygon", [(338, 320), (348, 320), (348, 368), (338, 368)], YELLOW),
    ("ellipse", [(222, 176), (428, 338)], PLUMAGE),
    ("ellipse", [(300, 208), (448, 312)], WING),
    ("ellipse", [(186, 102), (312, 226)], PLUMAGE),
    # Beak, the myna's yellow patch behind the eye, the eye.
    ("polygon", [(196, 150), (196, 186), (128, 176)], YELLOW),
    ("polygon", [(244, 160), (292, 150), (276, 186)], YELLOW),
    ("ellipse", [(216, 138), (246, 168)], EYE),
    ("ellipse", [(224, 146), (240, 162)], PLUMAGE),
)


def draw() -> Image.Image:
    """Return the picture."""
    picture = Image.new("RGB", SIZE, SKY)
    pen = ImageDraw.Draw(picture)
    for shape, points, colour in SHAPES:
        getattr(pen, shape)(points, fill=colour)
    return picture


if __name__ == "__main__":
    draw().save(Path(sys.argv[1]), "JPEG", quality=70, optimize=True)
