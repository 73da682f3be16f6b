"""The lights that cannot lie, over random scenes, moments, voices, rows and dimming."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.interfaces import Pattern
from myna_hardware.lights.colours import Colours
from myna_hardware.lights.dimming import FLOOR, dimmed
from myna_hardware.lights.drawing import draw
from myna_hardware.lights.scene import Canvas, Scene
from support.lights import canvases, levels, scenes, seconds, watched

SEEN = FLOOR * 0.999
"""The floor, less the rounding of floats."""

brightness = st.floats(0, 1)


def light(
    scene: Scene, at_s: float, level: float | None, canvas: Canvas, share: float = 1.0
) -> Colours:
    """Return the light that leaves the pixels."""
    return dimmed(draw(scene, at_s, level, canvas).colours, scene, share)


@given(scenes, seconds, levels, canvases, brightness)
def test_microphone_on_lights_the_first_pixel_at_every_instant(
    scene: Scene, at_s: float, level: float | None, canvas: Canvas, share: float
) -> None:
    scene = replace(scene, is_microphone_on=True)
    assert max(light(scene, at_s, level, canvas, share)[0]) >= SEEN


@given(scenes, seconds, levels, canvases, brightness)
def test_camera_on_lights_the_last_pixel_at_every_instant(
    scene: Scene, at_s: float, level: float | None, canvas: Canvas, share: float
) -> None:
    scene = replace(scene, is_camera_on=True)
    assert max(light(scene, at_s, level, canvas, share)[-1]) >= SEEN


@given(scenes, seconds, levels, canvases, brightness)
def test_muted_lights_every_pixel_at_every_instant_and_in_red_only(
    scene: Scene, at_s: float, level: float | None, canvas: Canvas, share: float
) -> None:
    scene = replace(scene, pattern=Pattern.MUTED, is_microphone_on=False)
    pixels = light(scene, at_s, level, canvas, share)
    assert min(max(pixel) for pixel in pixels) >= SEEN
    others = pixels[:-1] if scene.is_camera_on and canvas.count > 1 else pixels
    if canvas.has_colour:
        assert all(green == blue == 0 for _, green, blue in others)


@given(scenes, levels, canvases)
def test_first_pixel_goes_dark_unless_microphone_camera_mute_or_volume_keep_it_lit(
    scene: Scene, level: float | None, canvas: Canvas
) -> None:
    is_camera_elsewhere = canvas.count > 1
    scene = replace(scene, is_microphone_on=False, volume=None)
    if scene.pattern is Pattern.MUTED:
        scene = replace(scene, pattern=Pattern.IDLE)
    if not is_camera_elsewhere:
        scene = replace(scene, is_camera_on=False)
    assert min(watched(scene, canvas, level)) == 0


@given(scenes, seconds, levels, canvases, brightness)
def test_light_stays_in_range_and_within_the_limit(
    scene: Scene, at_s: float, level: float | None, canvas: Canvas, share: float
) -> None:
    pixels = light(scene, at_s, level, canvas, share)
    assert len(pixels) == canvas.count
    assert all(0 <= part <= 1.000001 for pixel in pixels for part in pixel)
    if scene.pattern is not Pattern.MUTED:
        protected = {0: scene.is_microphone_on, canvas.count - 1: scene.is_camera_on}
        if canvas.count == 1:
            protected = {0: scene.is_microphone_on or scene.is_camera_on}
        free = [pixel for at, pixel in enumerate(pixels) if not protected.get(at)]
        assert all(part <= share**2.2 + 1e-9 for pixel in free for part in pixel)


@given(scenes, seconds, levels, canvases)
def test_drawing_lasts_as_long_as_it_says(
    scene: Scene, at_s: float, level: float | None, canvas: Canvas
) -> None:
    at_s %= 100
    drawing = draw(scene, at_s, level, canvas)
    assert drawing.lasts_s is None or drawing.lasts_s > 0
    is_moving = scene.pattern in {Pattern.THINKING, Pattern.SPEAKING} and scene.volume is None
    if not is_moving:
        lasts_s = 60.0 if drawing.lasts_s is None else drawing.lasts_s
        later = draw(scene, at_s + max(0.0, lasts_s - 0.002), level, canvas)
        assert later.colours == drawing.colours or lasts_s < 0.002


@given(scenes, seconds, canvases)
def test_night_at_nothing_leaves_only_what_must_not_lie(
    scene: Scene, at_s: float, canvas: Canvas
) -> None:
    pixels = light(scene, at_s, None, canvas, 0.0)
    is_dark = all(max(pixel) == 0 for pixel in pixels)
    says = scene.is_microphone_on or scene.is_camera_on or scene.pattern is Pattern.MUTED
    assert is_dark is not says
