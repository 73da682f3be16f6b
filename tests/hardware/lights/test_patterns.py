"""What an eye sees of the patterns, above all on one LED without colour."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest

from myna_hardware.interfaces import Pattern
from myna_hardware.lights.colours import RED, WHITE
from myna_hardware.lights.drawing import draw
from myna_hardware.lights.patterns import LOOKS
from myna_hardware.lights.scene import Canvas, Scene
from support.lights import STEP_S, impression, rises, watched

SCENES = [
    Scene(pattern, is_microphone_on=is_on)
    for pattern in Pattern
    for is_on in (False, True)
    if (pattern, is_on) != (Pattern.MUTED, True)  # that cannot be, and is drawn as listening
]
SCENES += [Scene(Pattern.THINKING, is_on, is_camera_on=True) for is_on in (False, True)]
VOLUME = Scene(Pattern.IDLE, volume=50)
RING = Canvas(count=12)


def lit(scene: Scene, elapsed_s: float, level: float | None = None) -> list[int]:
    """Return which pixels of a ring of twelve are lit."""
    colours = draw(scene, elapsed_s, level, RING).colours
    return [at for at, colour in enumerate(colours) if max(colour) > 0]


def difference(one: Scene, other: Scene, level: float | None = None) -> float:
    """Return how clearly an eye tells two scenes apart on one LED; 1 is a clear step."""
    return math.dist(impression(watched(one, level=level)), impression(watched(other, level=level)))


def test_looks_cover_every_pattern() -> None:
    assert set(LOOKS) == set(Pattern)


@pytest.mark.parametrize("level", [None, 0.0, 0.5, 1.0])
def test_scenes_are_tellable_apart_on_one_led_without_colour(level: float | None) -> None:
    alike = [
        f"{one} / {other}"
        for one, other in combinations(SCENES, 2)
        if difference(one, other, level) <= 1
    ]
    assert alike == []


def test_volume_is_tellable_from_every_scene_on_one_led_without_colour() -> None:
    assert [str(scene) for scene in SCENES if difference(scene, VOLUME) <= 1] == []


@pytest.mark.parametrize("scene", [*SCENES, VOLUME], ids=str)
def test_scenes_flash_at_most_three_times_in_any_second(scene: Scene) -> None:
    flashes_s = [at * STEP_S for at in rises([0, *watched(scene)])]
    for first_s in flashes_s:
        assert sum(first_s <= flash_s < first_s + 1 - STEP_S for flash_s in flashes_s) <= 3


def test_muted_never_goes_dark_and_is_not_steady() -> None:
    brightness = watched(Scene(Pattern.MUTED))
    assert min(brightness) > 0.2
    assert max(brightness) - min(brightness) > 0.5


@pytest.mark.parametrize("count", [1, 3, 12])
@pytest.mark.parametrize("elapsed_s", [0.0, 1.9, 100.0])
def test_muted_is_solid_red_in_colour(count: int, elapsed_s: float) -> None:
    drawing = draw(Scene(Pattern.MUTED), elapsed_s, None, Canvas(count))
    assert drawing.colours == (RED,) * count
    assert drawing.lasts_s is None


def test_muted_stays_red_under_volume_and_camera() -> None:
    drawing = draw(Scene(Pattern.MUTED, volume=50), 0, None, RING)
    assert all(red > 0.3 and not green and not blue for red, green, blue in drawing.colours)
    assert drawing.colours[5] == RED
    assert drawing.colours[6] != RED
    single = draw(Scene(Pattern.MUTED, is_camera_on=True), 0, None, Canvas())
    assert single.colours == (RED,)


def test_muted_is_not_shown_while_the_microphone_is_on() -> None:
    muted, listening = (
        Scene(pattern, is_microphone_on=True) for pattern in (Pattern.MUTED, Pattern.LISTENING)
    )
    assert draw(muted, 0.95, 0.5, RING) == draw(listening, 0.95, 0.5, RING)


def test_listening_is_steady_only_while_the_microphone_is_on() -> None:
    assert set(watched(Scene(Pattern.LISTENING))) == {0, 1}
    assert watched(Scene(Pattern.LISTENING, is_microphone_on=True)) == pytest.approx([1] * 500)


def test_idle_is_mostly_dark() -> None:
    assert sum(watched(Scene(Pattern.IDLE))) / 500 < 0.02


def test_error_blinks_in_pairs() -> None:
    starts = [at * STEP_S for at in rises([0, *watched(Scene(Pattern.ERROR))])]
    gaps = [after - before for before, after in pairwise(starts)]
    assert gaps[0] < gaps[1] / 3
    assert gaps[2] == pytest.approx(gaps[0], abs=2 * STEP_S)


def test_countdown_flashes_faster_and_faster_for_seven_seconds() -> None:
    brightness = watched(Scene(Pattern.COUNTDOWN))
    starts = rises(brightness)
    gaps = [after - before for before, after in pairwise(starts)]
    assert all(later <= earlier for earlier, later in pairwise(gaps))
    assert gaps[-1] < gaps[0] / 2
    assert max(brightness[350:]) == 0
    assert max(brightness[320:350]) == 1


def test_countdown_puts_the_pixels_of_a_row_out_one_by_one() -> None:
    scene = Scene(Pattern.COUNTDOWN)
    counts = [len(lit(scene, step / 100)) for step in range(701)]
    assert (counts[0], counts[350], counts[-1]) == (12, 6, 0)
    assert {before - after for before, after in pairwise(counts)} == {0, 1}
    assert lit(scene, 6.9) == [0]


@pytest.mark.parametrize(
    ("pattern", "level", "pixels"),
    [
        (Pattern.LISTENING, 0.0, [0]),
        (Pattern.LISTENING, 0.5, [0, 1, 2, 3, 4, 5, 6]),
        (Pattern.LISTENING, None, list(range(12))),
        (Pattern.LISTENING, math.nan, [0]),
        (Pattern.SPEAKING, 0.0, [5]),
        (Pattern.SPEAKING, 0.4, [3, 4, 5, 6, 7]),
        (Pattern.SPEAKING, 7.0, list(range(12))),
        (Pattern.IDLE, 1.0, [0]),
        (Pattern.STARTING, 0.0, list(range(12))),
    ],
)
def test_row_shows_where_and_how_loud(
    pattern: Pattern, level: float | None, pixels: list[int]
) -> None:
    assert lit(Scene(pattern), 0, level) == pixels


def test_thinking_sends_a_dot_around_the_row() -> None:
    brightest = []
    for step in range(12):
        colours = draw(Scene(Pattern.THINKING), step * 0.1 + 0.05, None, RING).colours
        brightest.append(max(range(12), key=lambda at: max(colours[at])))
    assert brightest == list(range(12))


@pytest.mark.parametrize(
    ("percent", "shares"),
    [
        (0, [0.15, 0, 0, 0]),
        (30, [1, 0.2, 0, 0]),
        (50, [1, 1, 0, 0]),
        (100, [1, 1, 1, 1]),
        (1000, [1, 1, 1, 1]),
        (-5, [0.15, 0, 0, 0]),
    ],
)
def test_volume_lights_as_much_of_a_row_as_the_percent(percent: int, shares: list[float]) -> None:
    drawing = draw(Scene(Pattern.IDLE, volume=percent), 0, None, Canvas(count=4))
    assert [max(colour) for colour in drawing.colours] == pytest.approx(shares)


@pytest.mark.parametrize(("percent", "brightness"), [(0, 0.15), (40, 0.4), (100, 1.0)])
def test_volume_is_the_brightness_of_a_single_led(percent: int, brightness: float) -> None:
    drawing = draw(Scene(volume=percent), 0, None, Canvas(has_colour=False))
    assert max(drawing.colours[0]) == pytest.approx(brightness)


def test_plain_led_is_drawn_without_colour() -> None:
    for scene in (*SCENES, VOLUME):
        (colour,) = draw(scene, 0.0, None, Canvas(has_colour=False)).colours
        assert colour == pytest.approx(tuple(part * max(colour) for part in WHITE))
