"""From what is to be shown to pixels; pure.

Three layers, each over the one before: the pattern, or the volume; the camera light, which
is the last pixel of a row; the microphone light, which shines through the first pixel. A
single pixel is first and last. Nothing comes after the microphone light but dimming,
which leaves lit what must not lie (`dimming.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from myna_hardware.interfaces import Pattern
from myna_hardware.lights.colours import BLACK, WHITE, Colour, Colours, mixed, scaled
from myna_hardware.lights.patterns import (
    CAMERA,
    LOOKS,
    MICROPHONE,
    MICROPHONE_SHARE,
    Look,
)
from myna_hardware.lights.rhythms import Rhythm, level_at, next_change_s, soonest
from myna_hardware.lights.scene import Canvas, Scene
from myna_hardware.lights.shapes import arc


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the pixels are to look like.

    Attributes:
        colours: As the eye should find them, at full brightness.
        lasts_s: For how long that stays right; None is for ever.
    """

    colours: Colours
    lasts_s: float | None = None


def draw(scene: Scene, elapsed_s: float, level: float | None, canvas: Canvas) -> Drawing:
    """Return what `scene` looks like.

    Args:
        scene: What is to be shown.
        elapsed_s: Seconds since its pattern was first shown.
        level: How loud the voice is that the pattern follows, 0 to 1; None for no voice.
        canvas: What there is to draw on.
    """
    scene = truthful(scene)
    drawing = _pattern(scene, elapsed_s, level, canvas)
    if scene.volume is not None:
        drawing = _volume(scene, scene.volume, canvas)
    if scene.is_camera_on:
        drawing = _camera(drawing, scene, elapsed_s, canvas)
    if scene.is_microphone_on:
        drawing = _microphone(drawing, canvas)
    return drawing


def truthful(scene: Scene) -> Scene:
    """Return `scene` without a `muted` that the microphone belies."""
    if scene.is_microphone_on and scene.pattern is Pattern.MUTED:
        return replace(scene, pattern=Pattern.LISTENING)
    return scene


def _pattern(scene: Scene, elapsed_s: float, level: float | None, canvas: Canvas) -> Drawing:
    if scene.pattern is None:
        return Drawing((BLACK,) * canvas.count)
    look = LOOKS[scene.pattern]
    rhythm = _rhythm(look, scene, canvas)
    colour = scaled(_tint(look.colour, canvas), level_at(rhythm, elapsed_s))
    shares, shape_lasts_s = look.shape(canvas.count, elapsed_s, level)
    lasts_s = soonest(shape_lasts_s, next_change_s(rhythm, elapsed_s))
    return Drawing(tuple(scaled(colour, share) for share in shares), lasts_s)


def _volume(scene: Scene, percent: int, canvas: Canvas) -> Drawing:
    """Draw the arc; over `muted` as a brighter part of its red, which stays."""
    shares = arc(canvas.count, percent)
    if scene.pattern is not Pattern.MUTED:
        return Drawing(tuple(scaled(WHITE, share) for share in shares))
    red = _tint(LOOKS[Pattern.MUTED].colour, canvas)
    return Drawing(tuple(scaled(red, 0.4 + 0.6 * share) for share in shares))


def _camera(drawing: Drawing, scene: Scene, elapsed_s: float, canvas: Canvas) -> Drawing:
    """Light the last pixel for the camera; a single one stays red while muted."""
    rhythm = _rhythm(CAMERA, scene, canvas)
    is_red = canvas.count == 1 and scene.pattern is Pattern.MUTED
    colour = LOOKS[Pattern.MUTED].colour if is_red else CAMERA.colour
    light = scaled(_tint(colour, canvas), level_at(rhythm, elapsed_s))
    lasts_s = next_change_s(rhythm, elapsed_s)
    return Drawing((*drawing.colours[:-1], light), soonest(drawing.lasts_s, lasts_s))


def _microphone(drawing: Drawing, canvas: Canvas) -> Drawing:
    first, *others = drawing.colours
    light = mixed(_tint(MICROPHONE, canvas), first, MICROPHONE_SHARE)
    return Drawing((light, *others), drawing.lasts_s)


def _rhythm(look: Look, scene: Scene, canvas: Canvas) -> Rhythm:
    if scene.is_microphone_on and look.sending_rhythm is not None:
        return look.sending_rhythm
    if canvas.count > 1 and look.row_rhythm is not None:
        return look.row_rhythm
    if canvas.has_colour and look.colour_rhythm is not None:
        return look.colour_rhythm
    return look.rhythm


def _tint(colour: Colour, canvas: Canvas) -> Colour:
    return colour if canvas.has_colour else WHITE
